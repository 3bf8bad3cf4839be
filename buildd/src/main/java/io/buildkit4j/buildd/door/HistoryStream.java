package io.buildkit4j.buildd.door;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.buildd.history.BuildRecord;
import io.buildkit4j.buildd.history.BuildRecord.Setting;
import io.buildkit4j.buildd.history.History;
import io.buildkit4j.buildd.history.HistoryEvent;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.store.RecordFilter;
import io.buildkit4j.wire.WireStatus;
import io.buildkit4j.wire.proto.control.BuildHistoryEvent;
import io.buildkit4j.wire.proto.control.BuildHistoryEventType;
import io.buildkit4j.wire.proto.control.BuildHistoryRecord;
import io.buildkit4j.wire.proto.control.BuildHistoryRequest;
import io.buildkit4j.wire.proto.control.BuildResultInfo;
import io.buildkit4j.wire.proto.control.Descriptor;
import io.buildkit4j.wire.proto.control.Exporter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** The history as one caller wants to hear it. */
final class HistoryStream {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final History history;
    private final HistoryContent content;
    private final BuildHistoryRequest request;
    private final RecordFilter filter;

    HistoryStream(History history, HistoryContent content, BuildHistoryRequest request) {
        this.history = history;
        this.content = content;
        this.request = request;
        this.filter = RecordFilter.parse(request.getFilterList());
    }

    /** Takes events; waits when the caller is slow. */
    interface Sink {
        void take(BuildHistoryEvent event) throws InterruptedException;
    }

    /** Tells what is there, and unless that is all that is wanted, what comes, until the caller goes. */
    void run(Sink sink) throws InterruptedException {
        try (History.Listening listening = history.listen()) {
            List<HistoryEvent> known = new ArrayList<>();
            if (!request.getActiveOnly()) {
                known.addAll(history.ended());
            }
            known.addAll(history.active());
            known.removeIf(event -> !wanted(event));
            int limit = request.getLimit();
            // the newest are wanted most
            int skipped = limit > 0 ? Math.max(0, known.size() - limit) : 0;
            for (HistoryEvent event : known.subList(skipped, known.size())) {
                sink.take(message(event));
            }
            while (!request.getEarlyExit()) {
                Optional<HistoryEvent> next = listening.next(PATIENCE);
                if (next.isPresent() && wanted(next.get())) {
                    sink.take(message(next.get()));
                }
            }
        }
    }

    private boolean wanted(HistoryEvent event) {
        boolean named = request.getRef().isEmpty()
                || request.getRef().equals(event.record().ref());
        boolean running = event.what() == HistoryEvent.What.STARTED;
        return named && (running || !request.getActiveOnly()) && filter.selects(field -> values(event, field));
    }

    private static List<String> values(HistoryEvent event, String field) {
        BuildRecord record = event.record();
        return switch (field) {
            case "ref" -> List.of(record.ref());
            case "status" -> List.of(status(event));
            case "repository" ->
                record.options().stream()
                        .filter(option -> option.name().equals("vcs:source"))
                        .map(Setting::value)
                        .toList();
            case "pinned" -> List.of(String.valueOf(event.pinned()));
            default ->
                throw new DaemonFault(
                        Kind.INVALID_ARGUMENT,
                        "the history cannot be filtered by " + field + "; use ref, status, repository or pinned");
        };
    }

    private static String status(HistoryEvent event) {
        if (event.what() == HistoryEvent.What.STARTED) {
            return "running";
        }
        BuildRecord record = event.record();
        if (record.error().isEmpty() && record.completed().isPresent()) {
            return "completed";
        }
        return record.kind() == Kind.CANCELED ? "canceled" : "error";
    }

    private BuildHistoryEvent message(HistoryEvent event) throws InterruptedException {
        BuildHistoryEventType type = switch (event.what()) {
            case STARTED -> BuildHistoryEventType.STARTED;
            case COMPLETE -> BuildHistoryEventType.COMPLETE;
            case DELETED -> BuildHistoryEventType.DELETED;
        };
        BuildHistoryRecord.Builder message =
                BuildHistoryRecord.newBuilder().setRef(event.record().ref());
        if (event.what() != HistoryEvent.What.DELETED) {
            fill(message, event);
        }
        return BuildHistoryEvent.newBuilder().setType(type).setRecord(message).build();
    }

    private void fill(BuildHistoryRecord.Builder message, HistoryEvent event) throws InterruptedException {
        BuildRecord record = event.record();
        message.setFrontend(record.frontend())
                .setCreatedAt(Times.of(record.created()))
                .setGeneration(1)
                .setPinned(event.pinned())
                .setNumTotalSteps(record.counts().total())
                .setNumCachedSteps(record.counts().cached())
                .setNumCompletedSteps(record.counts().completed())
                .setNumWarnings(record.counts().warnings());
        record.options().forEach(option -> message.putFrontendAttrs(option.name(), option.value()));
        record.exporters()
                .forEach(type -> message.addExporters(Exporter.newBuilder().setType(type)));
        record.response().forEach(answer -> message.putExporterResponse(answer.name(), answer.value()));
        boolean over = event.what() == HistoryEvent.What.COMPLETE;
        if (over) {
            message.setCompletedAt(Times.of(record.completed().orElse(record.created())));
            content.logs(record).ifPresent(message::setLogs);
            content.failure(record).ifPresent(message::setExternalError);
        }
        if (over && (!record.error().isEmpty() || record.completed().isEmpty())) {
            String reason = record.completed().isEmpty() ? "the daemon died during the build" : record.error();
            message.setError(WireStatus.message(new DaemonFault(record.kind(), reason), record.details()));
        }
        result(record)
                .ifPresent(descriptor -> message.setResult(BuildResultInfo.newBuilder()
                        .setResultDeprecated(descriptor)
                        .putResults(0, descriptor)));
    }

    /** The image, as the client was told of it. */
    private static Optional<Descriptor> result(BuildRecord record) {
        return record.response().stream()
                .filter(answer -> answer.name().equals("containerimage.descriptor"))
                .findFirst()
                .map(answer -> {
                    String text = new String(Base64.getDecoder().decode(answer.value()), StandardCharsets.UTF_8);
                    JsonObject json = JsonParser.parseString(text).getAsJsonObject();
                    return Descriptor.newBuilder()
                            .setMediaType(json.get("mediaType").getAsString())
                            .setDigest(json.get("digest").getAsString())
                            .setSize(json.get("size").getAsLong())
                            .build();
                });
    }
}
