package io.buildkit4j.buildd.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.store.PruneRule;
import io.buildkit4j.store.SpacePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StorageTest {
    private static final long GB = 1_000_000_000;

    @TempDir
    Path folder;

    private SpacePolicy policy(String toml, long disk) throws IOException {
        Path file = folder.resolve("buildkitd.toml");
        Files.writeString(file, toml);
        return ConfigurationFile.read(file).worker().storage().policy(disk);
    }

    @ParameterizedTest
    @CsvSource({"1000, 100, 10", "50, 40, 5"})
    void withoutAWordTheSizesComeFromTheDisk(long disk, long cap, long reserved) {
        SpacePolicy policy = Storage.DEFAULT.policy(disk * GB);
        assertThat(policy.cap()).isEqualTo(cap * GB);
        assertThat(policy.rules()).hasSize(4);
        PruneRule last = policy.rules().getLast();
        assertThat(last.all()).isTrue();
        assertThat(last.reservedSpace()).isEqualTo(reserved * GB);
        assertThat(last.minFreeSpace()).isEqualTo(disk * GB / 5);
    }

    @Test
    void rulesOfOnesOwnReplaceTheUsualOnes() throws IOException {
        SpacePolicy policy = policy("""
                [worker.oci]
                minFreeSpace = "10%"
                [[worker.oci.gcpolicy]]
                filters = ["type==source.local"]
                keepDuration = "48h"
                maxUsedSpace = "512MB"
                [[worker.oci.gcpolicy]]
                all = true
                keepDuration = 0
                reservedSpace = "1GiB"
                maxUsedSpace = 2000000000
                """, 100 * GB);
        assertThat(policy.rules())
                .containsExactly(
                        new PruneRule(
                                "gcpolicy number 1",
                                List.of("type==source.local"),
                                false,
                                Duration.ofDays(2),
                                0,
                                512_000_000,
                                0),
                        new PruneRule("gcpolicy number 2", List.of(), true, Duration.ZERO, 1L << 30, 2 * GB, 0));
        assertThat(policy.cap()).isEqualTo(2 * GB);
        assertThat(policy("[worker.oci]\ngc = false\n", 100 * GB)).isEqualTo(SpacePolicy.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[worker.oci]\nmaxUsedSpace = \"much\"",
                "[[worker.oci.gcpolicy]]\nkeepDuration = \"soon\"",
                "[[worker.oci.gcpolicy]]\nfilters = [\"type=\"]",
                "[[worker.oci.gcpolicy]]\nmaxUsedSpcae = 1"
            })
    void whatIsNotUnderstoodIsRefused(String toml) {
        assertThatThrownBy(() -> policy(toml, GB))
                .isInstanceOf(DaemonFault.class)
                .hasMessageContaining("worker.oci");
    }
}
