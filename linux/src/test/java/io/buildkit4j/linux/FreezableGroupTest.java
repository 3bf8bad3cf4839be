package io.buildkit4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class FreezableGroupTest {
    @TempDir
    Path folder;

    private static Path hierarchy() {
        return Stream.of("freezer", "unified", "")
                .map(name -> Path.of("/sys/fs/cgroup").resolve(name))
                .filter(path -> Files.isWritable(path.resolve("cgroup.procs")))
                .findFirst()
                .orElse(Path.of("/nowhere"));
    }

    @Test
    void processesStandStillUntilTheyAreLetGo() throws IOException, InterruptedException {
        assumeTrue(Files.exists(hierarchy()), "no control groups that this process may use");
        String name = "buildkit4j-test-" + ProcessHandle.current().pid();
        Path group = Files.createDirectory(hierarchy().resolve(name));
        Path file = folder.resolve("ticks");
        Process ticks =
                new ProcessBuilder(List.of("sh", "-c", "while :; do echo t >> " + file + "; sleep 0.01; done")).start();
        try {
            Files.writeString(group.resolve("cgroup.procs"), Long.toString(ticks.pid()));
            FreezableGroup freezable = FreezableGroup.find("/" + name).orElseThrow();
            await().until(() -> Files.exists(file) && Files.size(file) > 4);
            assertThat(freezable.freeze()).isTrue();
            await().until(() -> {
                long before = Files.size(file);
                Thread.sleep(100);
                return Files.size(file) == before;
            });
            long still = Files.size(file);
            assertThat(freezable.thaw()).isTrue();
            await().until(() -> Files.size(file) > still);
        } finally {
            FreezableGroup.find("/" + name).ifPresent(FreezableGroup::thaw);
            ticks.destroyForcibly().waitFor();
            await().ignoreExceptions().until(() -> Files.deleteIfExists(group) || !Files.exists(group));
        }
        assertThat(FreezableGroup.find("/" + name)).isEmpty();
    }
}
