package io.buildkit4j.client.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.wire.FileStat;
import io.buildkit4j.wire.Session.DirectoryRequest;
import io.buildkit4j.wire.WireFault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalDirectoryTest {
    @TempDir
    Path root;

    @BeforeEach
    void files() throws IOException {
        Files.createDirectories(root.resolve("a/deep"));
        Files.writeString(root.resolve("a/deep/x.c"), "int x;");
        Files.writeString(root.resolve("a/y.o"), "object");
        Files.writeString(root.resolve("a-b"), "b");
        Files.createLink(root.resolve("hard"), root.resolve("a-b"));
        Files.createSymbolicLink(root.resolve("link"), Path.of("a/deep"));
        Files.createSymbolicLink(root.resolve("out"), Path.of("/etc/passwd"));
        Files.createDirectory(root.resolve("empty"));
    }

    private List<FileStat> walk(List<String> include, List<String> exclude, List<String> follow)
            throws InterruptedException {
        List<FileStat> stats = new ArrayList<>();
        LocalDirectory.open(root, new DirectoryRequest("context", include, exclude, follow))
                .walk(stats::add);
        return stats;
    }

    private List<String> paths(List<String> include, List<String> exclude, List<String> follow)
            throws InterruptedException {
        return walk(include, exclude, follow).stream().map(FileStat::path).toList();
    }

    @Test
    void allOfItInOrder() throws InterruptedException {
        assertThat(paths(List.of(), List.of(), List.of()))
                .containsExactly("a", "a/deep", "a/deep/x.c", "a/y.o", "a-b", "empty", "hard", "link", "out");
    }

    @Test
    void theMetadata() throws InterruptedException {
        List<FileStat> stats = walk(List.of(), List.of(), List.of());
        assertThat(stats).allMatch(stat -> stat.uid() == 0 && stat.gid() == 0);
        FileStat hard = stats.get(6);
        assertThat(hard.isFile()).isTrue();
        assertThat(hard.link()).isEqualTo("a-b");
        assertThat(stats.get(7).isLink()).isTrue();
        assertThat(stats.get(7).link()).isEqualTo("a/deep");
        assertThat(stats.get(2).size()).isEqualTo(6);
        assertThat(stats.get(0).isDirectory()).isTrue();
    }

    @Test
    void bothWalksTellTheSame() throws InterruptedException {
        List<FileStat> own = new ArrayList<>();
        List<FileStat> portable = new ArrayList<>();
        new LinuxWalk(root, OptionalLong.empty()).walk(stat -> {
            own.add(stat);
            return true;
        });
        new PortableWalk(root).walk(stat -> {
            portable.add(stat);
            return true;
        });
        // links have no modes or sizes of their own worth telling
        assertThat(portable)
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("size", "xattrs")
                .isEqualTo(own);
    }

    @Test
    void whatIsExcludedIsNotSent() throws InterruptedException {
        assertThat(paths(List.of(), List.of("a", "out"), List.of())).containsExactly("a-b", "empty", "hard", "link");
        assertThat(paths(List.of(), List.of("*", "!a/deep/*.c"), List.of()))
                .containsExactly("a", "a/deep", "a/deep/x.c");
        assertThat(paths(List.of("**/*.o", "empty"), List.of(), List.of())).containsExactly("a", "a/y.o", "empty");
        assertThat(paths(List.of("a"), List.of("**/*.o"), List.of())).containsExactly("a", "a/deep", "a/deep/x.c");
    }

    @Test
    void linksAreFollowedInsideOnly() throws InterruptedException {
        assertThat(paths(List.of(), List.of(), List.of("link/x.c")))
                .containsExactly("a", "a/deep", "a/deep/x.c", "link");
        assertThat(paths(List.of(), List.of(), List.of("out"))).containsExactly("out");
        assertThat(paths(List.of(), List.of(), List.of("l*"))).containsExactly("a", "a/deep", "a/deep/x.c", "link");
        assertThat(paths(List.of(), List.of(), List.of("../.."))).hasSize(9);
    }

    @Test
    void contents() throws IOException {
        LocalDirectory directory =
                LocalDirectory.open(root, new DirectoryRequest("c", List.of(), List.of(), List.of()));
        try (InputStream in = directory.open("a/deep/x.c")) {
            assertThat(in.readAllBytes()).hasSize(6);
        }
        assertThatThrownBy(() -> directory.open("gone").close())
                .isInstanceOf(WireFault.class)
                .hasMessageContaining("gone");
        assertThatThrownBy(() -> directory.open("out").close()).isInstanceOf(WireFault.class);
    }
}
