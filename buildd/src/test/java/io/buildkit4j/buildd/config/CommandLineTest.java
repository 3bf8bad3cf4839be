package io.buildkit4j.buildd.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.buildd.DaemonFault;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
    private static Configuration over(String... words) {
        return CommandLine.parse(List.of(words)).over(Configuration.DEFAULT);
    }

    @Test
    void flagsStandOverTheFile() {
        Configuration read = over(
                "--root=state",
                "--addr",
                "unix:///a",
                "--addr=tcp://0.0.0.0:1",
                "--debug",
                "--oci-worker-binary",
                "crun");
        assertThat(read.root()).isEqualTo(Path.of("state").toAbsolutePath());
        assertThat(read.addresses()).containsExactly("unix:///a", "tcp://0.0.0.0:1");
        assertThat(read.debug()).isTrue();
        assertThat(read.worker().binary()).contains("crun");
    }

    @Test
    void devicesAreDescribedElsewhereOrNotAtAll() {
        assertThat(over("--cdi-spec-dir=/a", "--cdi-spec-dir", "/b")
                        .worker()
                        .settings()
                        .devices()
                        .directories())
                .containsExactly(Path.of("/a"), Path.of("/b"));
        assertThat(over("--cdi-disabled").worker().settings().devices().directories())
                .isEmpty();
    }

    @Test
    void withoutFlagsTheFileHolds() {
        assertThat(over()).isEqualTo(Configuration.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --adr=unix:///a            | unknown flag: --adr=unix:///a; did you mean --addr?
                    --no-such-thing            | unknown flag: --no-such-thing
                    --root                     | --root needs a value: --root DIR
                    --debug=maybe              | --debug is a switch: it takes true or false, not maybe
                    extra                      | buildd takes no arguments, only flags: extra
                    --oci-max-parallelism=many | --oci-max-parallelism takes a whole number of at least 0, not many
                    """)
    void badFlagsAreNamed(String word, String message) {
        assertThatThrownBy(() -> over(word)).isInstanceOf(DaemonFault.class).hasMessage(message);
    }

    @Test
    void helpNamesEveryFlag() {
        assertThat(CommandLine.help())
                .contains(
                        "--root DIR", "--addr ADDRESS", "--debug", "--config FILE", "--oci-worker-binary", "--version");
    }
}
