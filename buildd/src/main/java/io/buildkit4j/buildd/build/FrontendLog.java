package io.buildkit4j.buildd.build;

import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.worker.ProcessOutput;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a frontend writes to its standard error, shown as the output of a step; there is none when it writes nothing. */
final class FrontendLog implements ProcessOutput {
    private final Digest vertex;
    private final String name;
    private final Consumer<BuildEvent> events;
    private final Clock clock = Clock.systemUTC();
    private final AtomicReference<@Nullable Instant> begun = new AtomicReference<>();

    FrontendLog(String identity, String name, Consumer<BuildEvent> events) {
        this.vertex = Digest.ofText(identity);
        this.name = name;
        this.events = events;
    }

    @Override
    public void write(int stream, byte[] bytes, int offset, int length) {
        Instant now = clock.instant();
        if (begun.compareAndSet(null, now)) {
            changed(now, Optional.empty(), "");
        }
        events.accept(new BuildEvent.Logged(vertex, stream, Arrays.copyOfRange(bytes, offset, offset + length), now));
    }

    /** Nothing more is written; the error is empty when all is well. */
    void end(String error) {
        Instant started = begun.get();
        if (started != null) {
            changed(started, Optional.of(clock.instant()), error);
        }
    }

    private void changed(Instant started, Optional<Instant> completed, String error) {
        events.accept(new BuildEvent.VertexChanged(
                vertex, List.of(), name, false, Optional.of(started), completed, error, Optional.empty()));
    }
}
