package io.buildkit4j.client.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.client.ClientFault;
import io.buildkit4j.wire.FileStat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTargetTest {
    private static final long TIME = 1_700_000_000_123_456_000L;

    @TempDir
    Path directory;

    private static FileStat stat(String path, int mode, String link) {
        return new FileStat(path, mode, 12345, 12345, 0, TIME, link, 0, Map.of());
    }

    private static void put(DirectoryTarget target, FileStat stat, String text) throws IOException {
        assertThat(target.entry(stat)).isTrue();
        try (OutputStream out = target.content(stat)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void aTreeIsMerged() throws IOException {
        Path root = directory.resolve("new/out");
        Files.createDirectories(root.resolve("d"));
        Files.writeString(root.resolve("d/stays"), "old");
        Files.writeString(root.resolve("f"), "old");
        Files.createSymbolicLink(root.resolve("evil"), directory);
        DirectoryTarget target = DirectoryTarget.open(root);
        target.entry(stat("d", 0040555, ""));
        put(target, stat("d/x", 0104750, ""), "new");
        target.entry(stat("evil", 0040755, ""));
        put(target, stat("evil/y", 0100644, ""), "y");
        put(target, stat("f", 0100644, ""), "new");
        assertThat(target.entry(stat("g", 0100644, "f"))).isFalse();
        assertThat(target.entry(stat("l", 0120777, "../../etc"))).isFalse();
        target.finish();
        assertThat(root.resolve("d/stays")).hasContent("old");
        assertThat(root.resolve("d/x")).hasContent("new");
        assertThat(root.resolve("f")).hasContent("new");
        assertThat(root.resolve("evil/y")).hasContent("y");
        assertThat(directory.resolve("y")).doesNotExist();
        assertThat(Files.isSameFile(root.resolve("f"), root.resolve("g"))).isTrue();
        assertThat(Files.readSymbolicLink(root.resolve("l"))).isEqualTo(Path.of("../../etc"));
        assertThat((int) Files.getAttribute(root.resolve("d/x"), "unix:mode") & 07777)
                .isEqualTo(04750);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("d"))))
                .isEqualTo("r-xr-xr-x");
        assertThat(Files.getLastModifiedTime(root.resolve("d"))).isEqualTo(FileTime.from(TIME, TimeUnit.NANOSECONDS));
        try (Stream<Path> all = Files.walk(root)) {
            assertThat(all).noneMatch(path -> path.getFileName().toString().startsWith(".part"));
        }
    }

    @Test
    void whatIsMadeIsTheOwnersAlone() throws IOException {
        DirectoryTarget.open(directory.resolve("made"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("made"))))
                .isEqualTo("rwx------");
    }

    @Test
    void placesAreLookedAtFirst() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "x");
        assertThatThrownBy(() -> DirectoryTarget.check(file)).isInstanceOf(ClientFault.class);
        assertThatThrownBy(() -> ByteTarget.check(directory)).isInstanceOf(ClientFault.class);
        assertThatThrownBy(() -> ByteTarget.check(directory.resolve("no/file"))).isInstanceOf(ClientFault.class);
        DirectoryTarget.check(directory.resolve("not/yet"));
        ByteTarget.check(file);
    }

    @Test
    void aFileAppearsWhenItIsComplete() throws IOException {
        Path file = directory.resolve("image.tar");
        ByteTarget abandoned = ByteTarget.open(file);
        abandoned.stream().write(1);
        abandoned.abandon();
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
        ByteTarget target = ByteTarget.open(file);
        target.stream().write("whole".getBytes(StandardCharsets.UTF_8));
        assertThat(file).doesNotExist();
        target.finish();
        assertThat(file).hasContent("whole");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactly(file);
        }
    }
}
