package io.buildkit4j.wire;

import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.okhttp.OkHttpServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * What every server of the project is made of, whatever its bytes arrive on: the limits, the translation of faults, the
 * headers of a request, health.
 *
 * @param transport runs what reads and writes the bytes
 * @param calls runs the calls, which may block
 */
record ServerParts(Executor transport, Executor calls, List<? extends BindableService> services) {
    /** Begins to serve who comes in by the door. */
    Server serve(ByteServerSocket.Door door) throws IOException {
        OkHttpServerBuilder builder = OkHttpServerBuilder.forPort(
                        new InetSocketAddress("127.0.0.1", 1), InsecureServerCredentials.create()) // never bound
                .socketFactory(ByteServerSocket.factory(door))
                .transportExecutor(transport)
                .executor(calls)
                .flowControlWindow(Connection.WINDOW)
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .maxInboundMessageSize(Connection.MESSAGE_LIMIT)
                .maxInboundMetadataSize(Connection.HEADER_LIMIT)
                .intercept(new FaultInterceptor())
                .intercept(RequestHeaders.interceptor());
        builder.addService(new HealthService());
        services.forEach(builder::addService);
        return builder.build().start();
    }
}
