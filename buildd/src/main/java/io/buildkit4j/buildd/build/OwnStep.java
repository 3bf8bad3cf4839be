package io.buildkit4j.buildd.build;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.solver.VertexProgress;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Something that the daemon does for a build itself, such as an export, shown to clients like a step. */
final class OwnStep implements VertexProgress {
    /** The error of a step that was given up; clients know this wording. */
    private static final String CANCELED = "context canceled";

    private final Digest vertex;
    private final String name;
    private final Consumer<BuildEvent> events;
    private final Clock clock;
    private final ConcurrentHashMap<String, Instant> begun = new ConcurrentHashMap<>();

    /** The work of a step. */
    @FunctionalInterface
    interface Work<T> {
        T run(VertexProgress progress) throws InterruptedException;
    }

    private OwnStep(Digest vertex, String name, Consumer<BuildEvent> events, Clock clock) {
        this.vertex = vertex;
        this.name = name;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Does the work and shows when it began, how it goes and how it ended.
     *
     * @param identity tells the step apart within the build
     */
    static <T> T run(String identity, String name, Consumer<BuildEvent> events, Work<T> work)
            throws InterruptedException {
        OwnStep step = new OwnStep(Digest.ofText(identity), name, events, Clock.systemUTC());
        Instant started = step.clock.instant();
        step.changed(started, Optional.empty(), "");
        try {
            T made = work.run(step);
            step.changed(started, Optional.of(step.clock.instant()), "");
            return made;
        } catch (Fault fault) {
            step.changed(started, Optional.of(step.clock.instant()), fault.getMessage());
            throw fault;
        } catch (InterruptedException cancelled) {
            step.changed(started, Optional.of(step.clock.instant()), CANCELED);
            throw cancelled;
        }
    }

    private void changed(Instant started, Optional<Instant> completed, String error) {
        events.accept(new BuildEvent.VertexChanged(
                vertex, List.of(), name, false, Optional.of(started), completed, error, Optional.empty()));
    }

    @Override
    public void log(int stream, byte[] bytes, int offset, int length) {
        byte[] copy = java.util.Arrays.copyOfRange(bytes, offset, offset + length);
        events.accept(new BuildEvent.Logged(vertex, stream, copy, clock.instant()));
    }

    @Override
    public void status(String id, long current, long total, boolean done) {
        Instant now = clock.instant();
        Instant first = begun.computeIfAbsent(id, absent -> now);
        events.accept(new BuildEvent.StatusChanged(
                vertex, id, current, total, now, Optional.of(first), done ? Optional.of(now) : Optional.empty()));
    }

    @Override
    public void warn(int level, String summary, String detail, String url) {
        events.accept(new BuildEvent.Warned(vertex, level, summary, detail, url));
    }
}
