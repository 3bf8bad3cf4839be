package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What happened in a build, in the order in which it happened. Times are the daemon's. */
public sealed interface BuildEvent {
    /** The vertex that it happened to. */
    Digest vertex();

    /**
     * The whole state of a vertex, sent whenever it changes.
     *
     * @param error empty unless it failed
     */
    record VertexChanged(
            Digest vertex,
            List<Digest> inputs,
            String name,
            boolean cached,
            Optional<Instant> started,
            Optional<Instant> completed,
            String error,
            Optional<VertexTraits.ProgressGroup> group)
            implements BuildEvent {}

    /** A counter; {@code completed} when it will not change any more. */
    record StatusChanged(
            Digest vertex,
            String id,
            long current,
            long total,
            Instant time,
            Optional<Instant> started,
            Optional<Instant> completed)
            implements BuildEvent {}

    /** A piece of output. {@code stream} is 1 for standard output, 2 for standard error; the bytes are not to be changed. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody, and a copy per log line is waste
    record Logged(Digest vertex, int stream, byte[] bytes, Instant time) implements BuildEvent {}

    /**
     * Something a user should know.
     *
     * @param passage what of a file it is about
     */
    record Warned(Digest vertex, int level, String summary, String detail, String url, Optional<Passage> passage)
            implements BuildEvent {
        /** About no file. */
        public Warned(Digest vertex, int level, String summary, String detail, String url) {
            this(vertex, level, summary, detail, url, Optional.empty());
        }
    }

    /**
     * Places in a file that a user wrote.
     *
     * @param text of the file; empty when it is too much to tell
     */
    record Passage(String file, String language, String text, List<Span> spans) {
        /** The list is copied. */
        public Passage {
            spans = List.copyOf(spans);
        }
    }

    /** From one position to another, both included; lines count from 1, characters from 0. */
    record Span(int line, int character, int endLine, int endCharacter) {}
}
