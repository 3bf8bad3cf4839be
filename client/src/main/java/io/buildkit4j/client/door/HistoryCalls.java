package io.buildkit4j.client.door;

import io.buildkit4j.client.BuildHistory;
import io.buildkit4j.client.BuildRecord;
import io.buildkit4j.client.ClientFault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.wire.proto.content.ContentGrpc;
import io.buildkit4j.wire.proto.content.ReadContentRequest;
import io.buildkit4j.wire.proto.control.BuildHistoryEvent;
import io.buildkit4j.wire.proto.control.BuildHistoryRecord;
import io.buildkit4j.wire.proto.control.BuildHistoryRequest;
import io.buildkit4j.wire.proto.control.ControlGrpc;
import io.buildkit4j.wire.proto.control.Exporter;
import io.buildkit4j.wire.proto.control.UpdateBuildHistoryRequest;
import io.grpc.Channel;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.function.Consumer;

/** The daemon's history over gRPC. */
record HistoryCalls(Channel channel) implements BuildHistory {
    private ControlGrpc.ControlBlockingV2Stub control() {
        return ControlGrpc.newBlockingV2Stub(channel);
    }

    @Override
    public void listen(Query query, Consumer<Event> heard) throws InterruptedException {
        BuildHistoryRequest request = BuildHistoryRequest.newBuilder()
                .setActiveOnly(query.runningOnly())
                .setRef(query.reference())
                .setEarlyExit(query.untilNow())
                .addAllFilter(query.filters())
                .setLimit(query.limit())
                .build();
        Faults.each(
                control().listenBuildHistory(request),
                event -> heard.accept(new Event(change(event), build(event.getRecord()))));
    }

    private static Change change(BuildHistoryEvent event) {
        return switch (event.getType()) {
            case STARTED -> Change.STARTED;
            case DELETED -> Change.DELETED;
            case COMPLETE, UNRECOGNIZED -> Change.COMPLETED;
        };
    }

    private static BuildRecord build(BuildHistoryRecord record) {
        return new BuildRecord(
                record.getRef(),
                record.getFrontend(),
                record.getFrontendAttrsMap(),
                record.getExportersList().stream().map(Exporter::getType).toList(),
                record.hasError() ? Optional.of(record.getError().getMessage()) : Optional.empty(),
                new BuildRecord.Times(
                        Values.instant(record.getCreatedAt()),
                        Values.instant(record.hasCompletedAt(), record.getCompletedAt())),
                record.getExporterResponseMap(),
                record.hasLogs() ? Optional.of(Digest.parse(record.getLogs().getDigest())) : Optional.empty(),
                record.getPinned(),
                new BuildRecord.Counts(
                        record.getNumCachedSteps(),
                        record.getNumCompletedSteps(),
                        record.getNumTotalSteps(),
                        record.getNumWarnings()));
    }

    @Override
    public void pin(String reference, boolean pinned) throws InterruptedException {
        update(UpdateBuildHistoryRequest.newBuilder().setRef(reference).setPinned(pinned));
    }

    @Override
    public void delete(String reference) throws InterruptedException {
        update(UpdateBuildHistoryRequest.newBuilder().setRef(reference).setDelete(true));
    }

    private void update(UpdateBuildHistoryRequest.Builder request) throws InterruptedException {
        Faults.ask(() -> control().updateBuildHistory(request.build()));
    }

    @Override
    public void read(Digest digest, OutputStream to) throws InterruptedException {
        ReadContentRequest request =
                ReadContentRequest.newBuilder().setDigest(digest.toString()).build();
        Faults.each(ContentGrpc.newBlockingV2Stub(channel).read(request), part -> {
            try {
                part.getData().writeTo(to);
            } catch (IOException failed) {
                throw new ClientFault(Kind.UNKNOWN, "cannot write " + digest + ": " + failed.getMessage(), failed);
            }
        });
    }
}
