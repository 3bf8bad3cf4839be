package io.buildkit4j.buildd.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.buildd.history.BuildRecord.Setting;
import io.buildkit4j.buildd.journal.JournalReader;
import io.buildkit4j.buildd.log.Log;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.BuildEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class HistoryTest {
    @TempDir
    Path folder;

    private History history(int limit) {
        return new History(folder.resolve("builds"), limit, Clock.systemUTC(), Log.silent());
    }

    private static BuildRecord record(String ref) {
        return BuildRecord.begun(
                ref,
                "dockerfile.v0",
                List.of(new Setting("target", "final")),
                List.of("oci"),
                Instant.parse("2026-01-02T03:04:05Z"));
    }

    private static BuildEvent log(int number) {
        return new BuildEvent.Logged(
                Digest.ofText("v"), 1, new byte[] {(byte) number}, Instant.parse("2026-01-02T03:04:05Z"));
    }

    private static int count(JournalReader reader) throws InterruptedException {
        int count = 0;
        var next = reader.next(5_000);
        while (next.isPresent()) {
            count += next.get().size();
            next = reader.next(5_000);
        }
        return count;
    }

    @Test
    void aFinishedBuildIsRememberedByTheNextDaemon() throws InterruptedException {
        try (RunningBuild build = history(5).begin(record("one"))) {
            build.append(log(1));
            build.succeed(List.of(new Setting("containerimage.digest", "sha256:00")));
        }
        History later = history(5);
        BuildRecord found = later.find("one").orElseThrow();
        assertThat(found.completed()).isPresent();
        assertThat(found.error()).isEmpty();
        assertThat(found.options()).containsExactly(new Setting("target", "final"));
        assertThat(found.response()).containsExactly(new Setting("containerimage.digest", "sha256:00"));
        try (JournalReader reader = later.follow("one", Duration.ZERO)) {
            assertThat(count(reader)).isEqualTo(1);
        }
    }

    /** Who asks while a build's directory is being made must not take it for a build that ended without a word. */
    @Test
    void whoAsksAtAnyInstantSeesAllOfABuild() throws InterruptedException {
        History history = history(500);
        for (int round = 0; round < 400; round++) {
            String ref = "round" + round;
            try (TaskScope scope = TaskScope.open("follower")) {
                TaskScope.Task<Integer> seen = scope.fork(() -> {
                    try (JournalReader reader = history.follow(ref, Duration.ofSeconds(10))) {
                        return count(reader);
                    }
                });
                long spin = System.nanoTime() + (round % 40) * 10_000L;
                while (System.nanoTime() < spin) {
                    Thread.onSpinWait();
                }
                try (RunningBuild build = history.begin(record(ref))) {
                    build.append(log(1));
                    build.append(log(2));
                    build.succeed(List.of());
                }
                scope.join();
                assertThat(seen.value()).as(ref).isEqualTo(2);
            }
        }
    }

    @Test
    void aBuildThatSaysNothingWasCancelledAndOneThatDiesHasNoEnd() {
        history(5).begin(record("cancelled")).close();
        assertThat(history(5).find("cancelled").orElseThrow().error()).isEqualTo("canceled");
        RunningBuild lost = history(5).begin(record("lost"));
        assertThat(history(5).find("lost").orElseThrow().completed()).isEmpty();
        lost.close();
    }

    @Test
    void aFollowerMayComeFirst() throws InterruptedException {
        History history = history(5);
        try (TaskScope scope = TaskScope.open("early")) {
            TaskScope.Task<Integer> early = scope.fork(() -> {
                try (JournalReader reader = history.follow("late", Duration.ofSeconds(10))) {
                    return count(reader);
                }
            });
            Thread.sleep(50);
            try (RunningBuild build = history.begin(record("late"))) {
                build.append(log(1));
                build.append(log(2));
            }
            scope.join();
            assertThat(early.value()).isEqualTo(2);
        }
    }

    @Test
    void anUnknownBuildIsSaidToBe() {
        assertThatThrownBy(() -> history(5).follow("none", Duration.ofMillis(10)))
                .isInstanceOf(DaemonFault.class)
                .hasMessage("no such build: none");
        assertThatThrownBy(() -> history(5).follow("../../etc", Duration.ofMillis(10)))
                .hasMessage("no such build: ../../etc");
    }

    @Test
    void oneRefRunsOnce() {
        History history = history(5);
        try (RunningBuild build = history.begin(record("same"))) {
            assertThatThrownBy(() -> history.begin(record("same")))
                    .hasMessage("a build with this ref is running: " + build.ref());
        }
        history.begin(record("same")).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "a/b", ".hidden", "a b"})
    void aRefIsAPlainName(String ref) {
        assertThatThrownBy(() -> history(5).begin(record(ref))).isInstanceOf(DaemonFault.class);
        assertThat(folder.resolve("builds")).doesNotExist();
    }

    @Test
    void theOldestMakeWay() throws IOException {
        History history = history(9);
        for (int i = 0; i < 5; i++) {
            history.begin(record("build" + i)).close();
            Path file = folder.resolve("builds/build" + i + "/record.json");
            Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-01T00:00:0" + i + "Z")));
        }
        try (History strict = history(3)) {
            strict.begin(record("last")).close();
        }
        try (var left = Files.list(folder.resolve("builds"))) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("build3", "build4", "last");
        }
    }

    @Test
    void aDamagedRecordIsAbsent() throws IOException {
        History history = history(5);
        history.begin(record("torn")).close();
        Files.writeString(folder.resolve("builds/torn/record.json"), "{\"ref\":\"torn\",");
        assertThat(history.find("torn")).isEmpty();
    }
}
