package io.buildkit4j.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was left by a daemon that died is found by a file, which may be damaged. */
class UsageGroupsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"", "buildkit4j.", "buildkit4j.ff/..", "../cpu", "buildkit4j.ff\n", "buildkit4j.\u00ff"})
    void aDamagedFileNamesNothing(String text) throws IOException {
        Path file = folder.resolve("groups");
        Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1)); // no UTF-8

        assertThat(UsageGroups.remembered(file)).isEmpty();
    }

    @Test
    void aWholeOneNamesTheGroup() throws IOException {
        assertThat(UsageGroups.remembered(folder.resolve("groups"))).isEmpty();
        assertThat(UsageGroups.remembered(Files.writeString(folder.resolve("groups"), "buildkit4j.0a1b2c3d")))
                .isEqualTo("buildkit4j.0a1b2c3d");
    }
}
