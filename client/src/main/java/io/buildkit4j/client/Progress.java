package io.buildkit4j.client;

import io.buildkit4j.image.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One frame of what happened in a build since the frame before ({@code moby.buildkit.v1.StatusResponse}). Times are the
 * daemon's.
 */
public record Progress(
        List<VertexState> vertexes, List<Counter> counters, List<Output> outputs, List<Warning> warnings) {
    /** Lists are copied. */
    public Progress {
        vertexes = List.copyOf(vertexes);
        counters = List.copyOf(counters);
        outputs = List.copyOf(outputs);
        warnings = List.copyOf(warnings);
    }

    /**
     * The whole state of a vertex; sent again whenever it changes.
     *
     * @param error empty unless it failed
     */
    public record VertexState(
            Digest digest,
            List<Digest> inputs,
            String name,
            boolean cached,
            Optional<Instant> started,
            Optional<Instant> completed,
            String error,
            Optional<Group> group) {}

    /** Several vertices shown as one. */
    public record Group(String id, String name, boolean weak) {}

    /** A part of a vertex that is counted, such as the bytes of a layer; {@code total} is 0 when unknown. */
    public record Counter(
            Digest vertex,
            String id,
            long current,
            long total,
            Instant time,
            Optional<Instant> started,
            Optional<Instant> completed) {}

    /** A piece of a vertex's output. {@code stream} is 1 for standard output, 2 for standard error. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody, and a copy per log line is waste
    public record Output(Digest vertex, int stream, byte[] bytes, Instant time) {}

    /**
     * Something a user should know though the build goes on.
     *
     * @param place lines of a file that it is about
     */
    public record Warning(
            Digest vertex, int level, String summary, List<String> detail, String url, Optional<SourcePlace> place) {}
}
