package io.buildkit4j.buildd.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.solver.VertexTraits;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class JournalTest {
    private static final Digest ONE = Digest.ofText("one");
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901234Z");

    @TempDir
    Path folder;

    private static BuildEvent log(String text) {
        return new BuildEvent.Logged(ONE, 1, text.getBytes(java.nio.charset.StandardCharsets.UTF_8), NOW);
    }

    private static List<BuildEvent> all(JournalReader reader) throws InterruptedException {
        List<BuildEvent> events = new ArrayList<>();
        Optional<List<BuildEvent>> next = reader.next(5_000);
        while (next.isPresent()) {
            events.addAll(next.get());
            next = reader.next(5_000);
        }
        return events;
    }

    @Test
    void everyKindOfEventComesBackAsItWent() throws InterruptedException {
        List<BuildEvent> events = List.of(
                new BuildEvent.VertexChanged(
                        ONE,
                        List.of(Digest.ofText("two"), Digest.parse("sha512:" + "ab".repeat(64))),
                        "[1/2] RUN ünïcode",
                        true,
                        Optional.of(NOW),
                        Optional.empty(),
                        "exit code: 1",
                        Optional.of(new VertexTraits.ProgressGroup("id", "name", true))),
                new BuildEvent.StatusChanged(ONE, "layer", 5, 10, NOW, Optional.of(NOW), Optional.of(NOW)),
                new BuildEvent.Warned(ONE, 2, "short", "long", "https://example.org"),
                new BuildEvent.Warned(
                        ONE,
                        1,
                        "at a place",
                        "",
                        "",
                        Optional.of(new BuildEvent.Passage(
                                "Dockerfile", "Dockerfile", "FROM a", List.of(new BuildEvent.Span(1, 2, 3, 4))))));
        Path file = folder.resolve("events");
        try (JournalWriter writer = JournalWriter.create(file)) {
            events.forEach(writer::append);
            writer.append(new BuildEvent.Logged(ONE, 2, new byte[] {0, -1, 10}, NOW));
        }
        try (JournalReader reader = JournalReader.open(file)) {
            List<BuildEvent> read = all(reader);
            assertThat(read.subList(0, 4)).isEqualTo(events);
            assertThat(((BuildEvent.Logged) read.get(4)).bytes()).containsExactly(0, -1, 10);
        }
    }

    @Test
    void followersSeeEverythingInOrderWhileItIsWritten() throws InterruptedException {
        int count = 20_000;
        try (TaskScope scope = TaskScope.open("followers")) {
            JournalWriter writer = JournalWriter.create(folder.resolve("events"));
            List<TaskScope.Task<List<String>>> followers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                followers.add(scope.fork(() -> {
                    try (JournalReader reader = JournalReader.follow(writer)) {
                        return all(reader).stream()
                                .map(event -> new String(
                                        ((BuildEvent.Logged) event).bytes(), java.nio.charset.StandardCharsets.UTF_8))
                                .toList();
                    }
                }));
            }
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                lines.add("line " + i);
                writer.append(log(lines.getLast()));
            }
            writer.close();
            scope.join();
            for (TaskScope.Task<List<String>> follower : followers) {
                assertThat(follower.value()).isEqualTo(lines);
            }
        }
    }

    @Test
    void aFollowerSeesAnEventSoonAndNotOnlyAtTheEnd() throws InterruptedException {
        try (JournalWriter writer = JournalWriter.create(folder.resolve("events"));
                JournalReader reader = JournalReader.follow(writer)) {
            assertThat(reader.next(1)).contains(List.of());
            writer.append(log("now"));
            assertThat(reader.next(5_000).orElseThrow()).hasSize(1);
        }
    }

    @Test
    void anEventLargerThanTheBufferIsWhole() throws InterruptedException {
        Path file = folder.resolve("events");
        try (JournalWriter writer = JournalWriter.create(file)) {
            writer.append(log("x".repeat(3 << 20)));
            writer.append(log("after"));
        }
        try (JournalReader reader = JournalReader.open(file)) {
            List<BuildEvent> events = all(reader);
            assertThat(events).hasSize(2);
            assertThat(((BuildEvent.Logged) events.getFirst()).bytes()).hasSize(3 << 20);
        }
    }

    @Test
    void aTornOrDamagedTailIsAbsentAndWhatIsBeforeItStays() throws java.io.IOException, InterruptedException {
        Path file = folder.resolve("events");
        try (JournalWriter writer = JournalWriter.create(file)) {
            writer.append(log("first"));
            writer.append(log("second"));
        }
        byte[] whole = Files.readAllBytes(file);
        for (int length = whole.length / 2; length < whole.length; length++) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(length);
            }
            try (JournalReader reader = JournalReader.open(file)) {
                assertThat(all(reader)).hasSize(1);
            }
            Files.write(file, whole);
        }
        whole[whole.length - 1] ^= 1;
        Files.write(file, whole);
        try (JournalReader reader = JournalReader.open(file)) {
            assertThat(all(reader)).hasSize(1);
        }
    }
}
