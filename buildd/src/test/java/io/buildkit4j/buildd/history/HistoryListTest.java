package io.buildkit4j.buildd.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.buildd.log.Log;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.BuildEvent;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is told about builds: lists, news, pins. */
@Timeout(30)
class HistoryListTest {
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private History history(int limit) {
        return new History(folder.resolve("builds"), limit, Clock.systemUTC(), Log.silent());
    }

    private static BuildRecord record(String ref, Instant created) {
        return BuildRecord.begun(ref, "", List.of(), List.of(), created);
    }

    private static void build(History history, String ref) {
        try (RunningBuild build = history.begin(record(ref, TIME))) {
            build.succeed(List.of());
        }
    }

    private static List<String> refs(List<HistoryEvent> events) {
        return events.stream().map(event -> event.record().ref()).toList();
    }

    private static BuildEvent step(String name, boolean cached, boolean ended) {
        return new BuildEvent.VertexChanged(
                Digest.ofText(name),
                List.of(),
                name,
                cached,
                Optional.of(TIME),
                ended ? Optional.of(TIME) : Optional.empty(),
                "",
                Optional.empty());
    }

    @Test
    void listsAreInTheOrderOfTime() {
        History history = history(9);
        history.begin(record("later", TIME.plusSeconds(9))).close();
        history.begin(record("sooner", TIME)).close();
        try (RunningBuild running = history.begin(record("now", TIME))) {
            assertThat(refs(history.ended())).containsExactly("sooner", "later");
            assertThat(refs(history.active())).containsExactly(running.ref());
        }
        assertThat(history.active()).isEmpty();
    }

    @Test
    void stepsAreCountedAndFailuresKeepTheirKindOverARestart() {
        try (RunningBuild build = history(9).begin(record("one", TIME))) {
            build.append(step("a", false, false));
            build.append(step("a", false, true));
            build.append(step("b", true, true));
            build.append(step("c", false, false));
            build.append(new BuildEvent.Warned(Digest.ofText("a"), 1, "careful", "", ""));
            build.fail(Kind.NOT_FOUND, "no such thing", List.of());
        }
        BuildRecord found = history(9).ended().getFirst().record();
        assertThat(found.counts()).isEqualTo(new BuildRecord.Counts(3, 1, 2, 1));
        assertThat(found.kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(found.error()).isEqualTo("no such thing");
    }

    @Test
    void whoListensHearsOfBeginningEndAndRemoval() throws InterruptedException {
        History history = history(9);
        try (History.Listening listening = history.listen()) {
            build(history, "one");
            history.forget("one");
            assertThat(listening.next(PATIENCE).orElseThrow().what()).isEqualTo(HistoryEvent.What.STARTED);
            assertThat(listening.next(PATIENCE).orElseThrow().what()).isEqualTo(HistoryEvent.What.COMPLETE);
            assertThat(listening.next(PATIENCE).orElseThrow().what()).isEqualTo(HistoryEvent.What.DELETED);
            assertThat(listening.next(Duration.ZERO)).isEmpty();
        }
        assertThat(history.find("one")).isEmpty();
    }

    @Test
    void aPinnedBuildStaysUntilItIsUnpinned() {
        History history = history(1);
        build(history, "kept");
        history.pin("kept", true);
        for (int i = 0; i < 12; i++) {
            build(history, "other" + i);
        }
        history.close();
        assertThat(refs(history.ended())).contains("kept").hasSizeLessThan(12);
        assertThat(history.ended())
                .filteredOn(HistoryEvent::pinned)
                .singleElement()
                .satisfies(event -> assertThat(event.record().ref()).isEqualTo("kept"));
        history.pin("kept", false);
        assertThat(history.ended()).noneMatch(HistoryEvent::pinned);
    }

    @Test
    void buildsOfProgramsAreNotShown() throws InterruptedException {
        History history = history(9);
        try (History.Listening listening = history.listen();
                RunningBuild build = history.begin(record("probe", TIME).asInternal(true))) {
            assertThat(history.active()).isEmpty();
            build.succeed(List.of());
            assertThat(listening.next(Duration.ZERO)).isEmpty();
        }
        assertThat(history.ended()).isEmpty();
        history.follow("probe", Duration.ZERO).close();
    }

    @Test
    void aRunningBuildCannotBeForgottenNorOneThatIsNotThere() {
        History history = history(9);
        try (RunningBuild running = history.begin(record("one", TIME))) {
            assertThatThrownBy(() -> history.forget(running.ref()))
                    .isInstanceOf(DaemonFault.class)
                    .hasMessageContaining("is running");
        }
        assertThatThrownBy(() -> history.forget("none")).hasMessageContaining("no such build");
        assertThatThrownBy(() -> history.pin("none", true)).hasMessageContaining("no such build");
    }
}
