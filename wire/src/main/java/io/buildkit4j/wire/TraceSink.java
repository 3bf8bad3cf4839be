package io.buildkit4j.wire;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import java.util.Optional;

/**
 * Takes clients' traces ({@code opentelemetry.proto.collector.trace.v1.TraceService}) and hands them on, unread, where somebody
 * wants them. Its answer is empty and comes at once.
 */
public final class TraceSink implements BindableService {
    private static final String SERVICE = "opentelemetry.proto.collector.trace.v1.TraceService";
    private static final byte[] NOTHING = {};

    static final MethodDescriptor<byte[], byte[]> EXPORT = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(SERVICE + "/Export")
            .setRequestMarshaller(RawMessages.BYTES)
            .setResponseMarshaller(RawMessages.BYTES)
            .build();

    private final Optional<TraceForward> onward;

    /** A sink that hands on to this, if there is one. */
    public TraceSink(Optional<TraceForward> onward) {
        this.onward = onward;
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(EXPORT, ServerCalls.asyncUnaryCall((request, caller) -> {
                    onward.ifPresent(forward -> forward.take(() -> Optional.of(request)));
                    caller.onNext(NOTHING);
                    caller.onCompleted();
                }))
                .build();
    }
}
