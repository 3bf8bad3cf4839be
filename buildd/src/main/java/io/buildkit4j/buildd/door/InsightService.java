package io.buildkit4j.buildd.door;

import io.buildkit4j.buildd.build.Build;
import io.buildkit4j.buildd.build.BuildRequest;
import io.buildkit4j.buildd.build.CacheOnly;
import io.buildkit4j.buildd.history.BuildRecord.Setting;
import io.buildkit4j.wire.proto.control.SolveRequest;
import io.buildkit4j.wire.proto.control.SolveResponse;
import io.buildkit4j.wire.proto.insight.ExplainRequest;
import io.buildkit4j.wire.proto.insight.Explanation;
import io.buildkit4j.wire.proto.insight.InsightGrpc;
import io.buildkit4j.wire.proto.insight.SolveFromCacheRequest;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.List;

/** {@code buildkit4j.v1.Insight}: what only this daemon can tell of its cache. */
final class InsightService extends InsightGrpc.InsightImplBase {
    private final Rooms rooms;

    InsightService(Rooms rooms) {
        this.rooms = rooms;
    }

    @Override
    public void explain(ExplainRequest request, StreamObserver<Explanation> caller) {
        Call.serve(
                caller,
                () -> Call.answer(
                        caller, InsightMessages.of(rooms.workshop().explainer().explain(request.getRef()))));
    }

    @Override
    public void plan(SolveRequest message, StreamObserver<Explanation> caller) {
        Call.serve(
                caller,
                () -> ControlService.building(rooms, message.getRef(), () -> {
                    BuildRequest request = SolveRequests.decode(message, rooms.allowed(), Instant.now());
                    Call.answer(
                            caller,
                            InsightMessages.of(rooms.builds().run(() -> Build.plan(rooms.workshop(), request))));
                }));
    }

    @Override
    public void solveFromCache(SolveFromCacheRequest message, StreamObserver<SolveResponse> caller) {
        Call.serve(
                caller,
                () -> ControlService.building(rooms, message.getSolve().getRef(), () -> {
                    BuildRequest request = SolveRequests.decode(message.getSolve(), rooms.allowed(), Instant.now());
                    CacheOnly strict = new CacheOnly(message.getStage());
                    List<Setting> answer = rooms.builds()
                            .run(() -> rooms.kept(() -> Build.runFromCache(rooms.workshop(), request, strict)));
                    Call.answer(caller, SolveRequests.answer(answer));
                }));
    }
}
