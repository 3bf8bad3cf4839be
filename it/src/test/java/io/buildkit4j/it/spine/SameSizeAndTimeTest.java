package io.buildkit4j.it.spine;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of a context with other bytes, but the name, size and time that it had. */
@Tag("root")
class SameSizeAndTimeTest {
    private static final FileTime TIME = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

    @TempDir
    Path folder;

    private String build(Daemon daemon, int number) throws IOException {
        String out = folder.resolve("out" + number).toString();
        String context = folder.resolve("context").toString();
        Program.buildctl("--addr", daemon.unix(), "build", "--progress=plain", "--frontend", "dockerfile.v0")
                .with("--local", "context=" + context, "--local", "dockerfile=" + context)
                .with("--output", "type=local,dest=" + out)
                .run()
                .succeeded();
        return Files.readString(Path.of(out, "file"));
    }

    private void write(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("context/file"), text);
        Files.setLastModifiedTime(file, TIME);
    }

    @Test
    void isBuilt() throws IOException {
        Files.createDirectories(folder.resolve("context"));
        Files.writeString(folder.resolve("context/Dockerfile"), "FROM scratch\nCOPY file /file\n");
        try (Daemon daemon = Daemon.start(Files.createDirectories(folder.resolve("daemon")))) {
            write("one");
            assertThat(build(daemon, 1)).isEqualTo("one");
            write("two");
            assertThat(build(daemon, 2)).isEqualTo("two");
            write("one");
            assertThat(build(daemon, 3)).isEqualTo("one");
        }
    }
}
