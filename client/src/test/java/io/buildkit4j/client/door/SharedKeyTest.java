package io.buildkit4j.client.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedKeyTest {
    @TempDir
    private Path folder;

    @Test
    void namesTheSameDirectoriesAlikeAndOthersOtherwise() throws IOException {
        Path one = Files.createDirectory(folder.resolve("one"));
        Path two = Files.createDirectory(folder.resolve("two"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), one);
        String key = SharedKey.of(Map.of("context", one));
        assertThat(key).hasSize(64).doesNotContain(one.toString());
        assertThat(SharedKey.of(Map.of("context", link))).isEqualTo(key);
        assertThat(SharedKey.of(Map.of("context", two))).isNotEqualTo(key);
        assertThat(SharedKey.of(Map.of("dockerfile", one))).isNotEqualTo(key);
        assertThat(SharedKey.of(Map.of())).isEmpty();
    }
}
