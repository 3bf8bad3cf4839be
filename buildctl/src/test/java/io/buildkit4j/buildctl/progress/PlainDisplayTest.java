package io.buildkit4j.buildctl.progress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.client.Progress;
import io.buildkit4j.client.Progress.Counter;
import io.buildkit4j.client.Progress.Group;
import io.buildkit4j.client.Progress.Output;
import io.buildkit4j.client.Progress.VertexState;
import io.buildkit4j.image.Digest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlainDisplayTest {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Digest A = Digest.ofText("a");
    private static final Digest B = Digest.ofText("b");

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PlainDisplay display = new PlainDisplay(new PrintStream(bytes, true, UTF_8));

    private static VertexState state(Digest digest, String name, int started, int completed, String error) {
        return new VertexState(
                digest,
                List.of(),
                name,
                false,
                started < 0 ? Optional.empty() : Optional.of(BEGIN.plusMillis(started)),
                completed < 0 ? Optional.empty() : Optional.of(BEGIN.plusMillis(completed)),
                error,
                Optional.empty());
    }

    private static Progress frame(List<VertexState> states, List<Output> outputs) {
        return new Progress(states, List.of(), outputs, List.of());
    }

    private String shown() {
        return bytes.toString(UTF_8);
    }

    @Test
    void aStepIsAnnouncedSpeaksAndEnds() {
        display.show(frame(List.of(state(A, "RUN make", 0, -1, "")), List.of()));
        display.show(frame(List.of(), List.of(new Output(A, 1, "one\ntw".getBytes(UTF_8), BEGIN.plusMillis(120)))));
        display.show(frame(
                List.of(state(A, "RUN make", 0, 2300, "")),
                List.of(new Output(A, 1, "o\n".getBytes(UTF_8), BEGIN.plusMillis(130)))));
        display.close();
        assertThat(shown()).isEqualTo("#1 RUN make\n#1 0.120 one\n#1 0.130 two\n#1 DONE 2.3s\n");
    }

    @Test
    void aFailedStepIsRepeatedWithItsOutputAtTheEnd() {
        display.show(frame(
                List.of(state(A, "RUN false", 0, -1, "")),
                List.of(new Output(A, 2, "no!".getBytes(UTF_8), BEGIN.plusMillis(5)))));
        display.show(frame(List.of(state(A, "RUN false", 0, 10, "exit code: 1")), List.of()));
        display.close();
        assertThat(shown()).contains("#1 ERROR: exit code: 1\n").endsWith("------\n > RUN false:\n0.010 no!\n------\n");
    }

    @Test
    void cachedAndCanceledStepsSaySo() {
        VertexState cached = new VertexState(
                A, List.of(), "COPY", true, Optional.of(BEGIN), Optional.of(BEGIN), "", Optional.empty());
        display.show(frame(List.of(cached, state(B, "RUN sleep", 0, 10, "context canceled")), List.of()));
        display.close();
        assertThat(shown())
                .contains("#1 COPY\n#1 CACHED\n")
                .contains("#2 CANCELED\n")
                .doesNotContain("------");
    }

    @Test
    void aGroupIsOneStepAndQueuedVertexesAreNotShown() {
        Group group = new Group("g", "[link] COPY", false);
        VertexState one = new VertexState(
                A, List.of(), "copy", false, Optional.of(BEGIN), Optional.of(BEGIN), "", Optional.of(group));
        VertexState two = new VertexState(
                B, List.of(), "merge", false, Optional.of(BEGIN), Optional.of(BEGIN), "", Optional.of(group));
        display.show(frame(List.of(one, two, state(Digest.ofText("c"), "later", -1, -1, "")), List.of()));
        display.close();
        assertThat(shown()).isEqualTo("#1 [link] COPY\n#1 DONE 0.0s\n");
    }

    @Test
    void countersAreShownWhenTheyAreDone() {
        Counter counter =
                new Counter(A, "sha256:abc", 1_500_000, 1_500_000, BEGIN, Optional.of(BEGIN), Optional.of(BEGIN));
        display.show(new Progress(List.of(state(A, "FROM x", 0, -1, "")), List.of(counter), List.of(), List.of()));
        assertThat(shown()).isEqualTo("#1 FROM x\n#1 sha256:abc 1.50MB / 1.50MB done\n");
    }
}
