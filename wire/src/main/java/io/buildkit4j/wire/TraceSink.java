package io.buildkit4j.wire;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;

/** Takes clients' traces and drops them: {@code opentelemetry.proto.collector.trace.v1.TraceService}. Its answer is empty. */
public final class TraceSink implements BindableService {
    private static final String SERVICE = "opentelemetry.proto.collector.trace.v1.TraceService";
    private static final byte[] NOTHING = {};

    /** A sink. */
    public TraceSink() {}

    @Override
    public ServerServiceDefinition bindService() {
        MethodDescriptor<byte[], byte[]> export = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(SERVICE + "/Export")
                .setRequestMarshaller(RawMessages.BYTES)
                .setResponseMarshaller(RawMessages.BYTES)
                .build();
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(export, ServerCalls.asyncUnaryCall((request, caller) -> {
                    caller.onNext(NOTHING);
                    caller.onCompleted();
                }))
                .build();
    }
}
