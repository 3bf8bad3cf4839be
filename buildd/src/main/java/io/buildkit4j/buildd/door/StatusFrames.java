package io.buildkit4j.buildd.door;

import com.google.protobuf.UnsafeByteOperations;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.wire.proto.control.StatusResponse;
import io.buildkit4j.wire.proto.control.Vertex;
import io.buildkit4j.wire.proto.control.VertexLog;
import io.buildkit4j.wire.proto.control.VertexStatus;
import io.buildkit4j.wire.proto.control.VertexWarning;
import io.buildkit4j.wire.proto.ops.ProgressGroup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns a batch of events into few messages: of several states of one vertex or one counter only the last is told, of output
 * everything. No message is much larger than {@value #LIMIT} bytes.
 */
final class StatusFrames {
    private static final int LIMIT = 1 << 20;

    private final Map<Digest, Vertex> vertexes = new LinkedHashMap<>();
    private final Map<Counter, VertexStatus> counters = new LinkedHashMap<>();
    private final List<StatusResponse> frames = new ArrayList<>();
    private StatusResponse.Builder frame = StatusResponse.newBuilder();
    private int size;

    private record Counter(Digest vertex, String id) {}

    private StatusFrames() {}

    static List<StatusResponse> of(List<BuildEvent> events) {
        StatusFrames frames = new StatusFrames();
        events.forEach(frames::add);
        return frames.finish();
    }

    private void add(BuildEvent event) {
        switch (event) {
            case BuildEvent.VertexChanged changed -> {
                // taken out first: a change of a vertex goes after the output that came before it
                vertexes.remove(changed.vertex());
                vertexes.put(changed.vertex(), vertex(changed));
            }
            case BuildEvent.StatusChanged changed ->
                counters.put(new Counter(changed.vertex(), changed.id()), counter(changed));
            case BuildEvent.Logged logged -> log(logged);
            case BuildEvent.Warned warned -> warn(warned);
        }
    }

    private void warn(BuildEvent.Warned warned) {
        VertexWarning warning = Warnings.message(warned);
        int length = warning.getSerializedSize();
        if (size + length > LIMIT) {
            flush();
        }
        size += length;
        frame.addWarnings(warning);
    }

    private void log(BuildEvent.Logged logged) {
        byte[] bytes = logged.bytes();
        for (int start = 0; start < bytes.length; start += LIMIT) {
            int length = Math.min(LIMIT, bytes.length - start);
            if (size + length > LIMIT) {
                flush();
            }
            size += length;
            frame.addLogs(VertexLog.newBuilder()
                    .setVertex(logged.vertex().toString())
                    .setTimestamp(Times.of(logged.time()))
                    .setStream(logged.stream())
                    .setMsg(UnsafeByteOperations.unsafeWrap(bytes, start, length)));
        }
    }

    private void flush() {
        frame.addAllVertexes(vertexes.values());
        frame.addAllStatuses(counters.values());
        vertexes.clear();
        counters.clear();
        frames.add(frame.build());
        frame = StatusResponse.newBuilder();
        size = 0;
    }

    private List<StatusResponse> finish() {
        flush();
        return frames;
    }

    private static Vertex vertex(BuildEvent.VertexChanged changed) {
        Vertex.Builder vertex = Vertex.newBuilder()
                .setDigest(changed.vertex().toString())
                .setName(changed.name())
                .setCached(changed.cached())
                .setError(changed.error());
        changed.inputs().forEach(input -> vertex.addInputs(input.toString()));
        changed.started().ifPresent(time -> vertex.setStarted(Times.of(time)));
        changed.completed().ifPresent(time -> vertex.setCompleted(Times.of(time)));
        changed.group()
                .ifPresent(group -> vertex.setProgressGroup(ProgressGroup.newBuilder()
                        .setId(group.id())
                        .setName(group.name())
                        .setWeak(group.weak())));
        return vertex.build();
    }

    private static VertexStatus counter(BuildEvent.StatusChanged changed) {
        VertexStatus.Builder counter = VertexStatus.newBuilder()
                .setID(changed.id())
                .setName(changed.id())
                .setVertex(changed.vertex().toString())
                .setCurrent(changed.current())
                .setTotal(changed.total())
                .setTimestamp(Times.of(changed.time()));
        changed.started().ifPresent(time -> counter.setStarted(Times.of(time)));
        changed.completed().ifPresent(time -> counter.setCompleted(Times.of(time)));
        return counter.build();
    }
}
