package io.buildkit4j.footing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestWordTest {
    private static final List<String> KNOWN = List.of("--output", "--opt", "--progress", "COPY");

    @Test
    void aSlipIsRecognised() {
        assertThat(NearestWord.to("--outptu", KNOWN)).contains("--output");
        assertThat(NearestWord.to("COPPY", KNOWN)).contains("COPY");
        assertThat(NearestWord.to("progress", KNOWN)).contains("--progress");
    }

    @Test
    void anotherWordIsNot() {
        assertThat(NearestWord.to("--frontend", KNOWN)).isEmpty();
        assertThat(NearestWord.to("x", KNOWN)).isEmpty();
        assertThat(NearestWord.to("anything", List.of())).isEmpty();
    }

    @Test
    void ofTwoEquallyNearTheFirstByNameIsTaken() {
        assertThat(NearestWord.to("bat", List.of("cat", "bar"))).contains("bar");
    }
}
