package io.buildkit4j.buildd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process of its own. */
@Tag("root")
@Timeout(60)
class MainTest {
    @TempDir
    Path folder;

    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    @Test
    void stopsWhenToldAndRemovesItsSocket() throws IOException, InterruptedException {
        Path socket = folder.resolve("d.sock");
        Process daemon = start("--root", folder.resolve("state").toString(), "--addr", "unix://" + socket);
        try (BufferedReader log = daemon.inputReader(StandardCharsets.UTF_8)) {
            String line = log.readLine();
            assertThat(line).contains("running server on unix://" + socket);
            assertThat(socket).exists();
            daemon.destroy();
            assertThat(daemon.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(daemon.exitValue()).isZero();
            assertThat(socket).doesNotExist();
        } finally {
            daemon.destroyForcibly();
        }
    }

    @Test
    void badInputIsOneLineAndExitCodeOne() throws IOException, InterruptedException {
        Process refused = start("--adr", "unix:///nowhere");
        String said = new String(refused.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(refused.waitFor()).isEqualTo(1);
        assertThat(said).isEqualTo("buildd: unknown flag: --adr; did you mean --addr?\n");
    }
}
