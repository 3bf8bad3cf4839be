package io.buildkit4j.wire;

import io.buildkit4j.wire.proto.health.HealthCheckRequest;
import io.buildkit4j.wire.proto.health.HealthCheckResponse;
import io.buildkit4j.wire.proto.health.HealthGrpc;
import io.grpc.stub.StreamObserver;

/** Whoever answers lives: {@code grpc.health.v1.Health} of every listener and session, for any service name. */
final class HealthService extends HealthGrpc.HealthImplBase {
    private static final HealthCheckResponse SERVING = HealthCheckResponse.newBuilder()
            .setStatus(HealthCheckResponse.ServingStatus.SERVING)
            .build();

    @Override
    public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> responses) {
        responses.onNext(SERVING);
        responses.onCompleted();
    }

    /** Stays open: the state never changes while there is somebody to tell it. */
    @Override
    public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> responses) {
        responses.onNext(SERVING);
    }
}
