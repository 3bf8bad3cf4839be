package io.buildkit4j.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    @Test
    void bothForms() {
        assertThat(Address.parse("unix:///run/b.sock")).isEqualTo(new Address.Unix(Path.of("/run/b.sock")));
        assertThat(Address.parse("tcp://host:1234")).isEqualTo(new Address.Tcp("host", 1234));
        assertThat(Address.parse("tcp://[::1]:80")).isEqualTo(new Address.Tcp("::1", 80));
        assertThat(Address.parse("tcp://[::1]:80")).hasToString("tcp://[::1]:80");
        assertThat(Address.parse("unix:///run/b.sock")).hasToString("unix:///run/b.sock");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/run/x",
                "unix://",
                "tcp://host",
                "tcp://host:",
                "tcp://h:70000",
                "tcp://::1:80",
                "http://x:1"
            })
    void malformedOnesSayWhatIsUnderstood(String text) {
        assertThatThrownBy(() -> Address.parse(text))
                .isInstanceOf(WireFault.class)
                .hasMessageContaining("unix://PATH or tcp://HOST:PORT");
    }
}
