package io.buildkit4j.buildd.door;

import io.buildkit4j.wire.proto.control.ControlGrpc;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Clock;
import java.util.Set;

/** Tells clients the daemon's time before the times of builds, so that they can allow for a clock that differs from theirs. */
record CurrentTime(Clock clock) implements ServerInterceptor {
    private static final Metadata.Key<String> HEADER =
            Metadata.Key.of("buildkit-current-timestamp", Metadata.ASCII_STRING_MARSHALLER);

    private static final Set<String> METHODS = Set.of(
            ControlGrpc.getStatusMethod().getFullMethodName(),
            ControlGrpc.getListenBuildHistoryMethod().getFullMethodName());

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        boolean timed = METHODS.contains(call.getMethodDescriptor().getFullMethodName());
        return next.startCall(timed ? new Timed<>(call) : call, headers);
    }

    private final class Timed<Q, A> extends SimpleForwardingServerCall<Q, A> {
        Timed(ServerCall<Q, A> call) {
            super(call);
        }

        @Override
        public void sendHeaders(Metadata headers) {
            headers.put(HEADER, clock.instant().toString());
            super.sendHeaders(headers);
        }
    }
}
