package io.buildkit4j.buildctl.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.buildctl.UsageFault;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    private static final List<Flag> FLAGS = List.of(
            Flag.option("frontend", "NAME", "which frontend"),
            Flag.repeated("opt", "KEY=VALUE", "an option"),
            Flag.alone("no-cache", "ignore the cache"),
            Flag.repeated("output,o", "FIELDS", "where to"));

    private static Arguments parse(String... words) {
        return Arguments.parse(FLAGS, List.of(words), false);
    }

    @Test
    void valuesComeAfterASpaceOrAnEqualsSign() {
        assertThat(parse("--frontend", "a").text("frontend")).contains("a");
        assertThat(parse("--frontend=a=b").text("frontend")).contains("a=b");
        assertThat(parse("-o", "x", "--output=y").all("output")).containsExactly("x", "y");
    }

    @Test
    void theLastOfAnUnrepeatableFlagCounts() {
        assertThat(parse("--frontend", "a", "--frontend", "b").text("frontend")).contains("b");
    }

    @Test
    void switchesTakeTrueAndFalseOnly() {
        assertThat(parse("--no-cache").on("no-cache")).isTrue();
        assertThat(parse("--no-cache=false").on("no-cache")).isFalse();
        assertThat(parse().on("no-cache")).isFalse();
        assertThatThrownBy(() -> parse("--no-cache=maybe")).isInstanceOf(UsageFault.class);
    }

    @Test
    void pairsKeepTheirOrderAndRefuseBareWords() {
        assertThat(parse("--opt", "b=1", "--opt", "a=x=y").pairs("opt"))
                .containsExactly(Map.entry("b", "1"), Map.entry("a", "x=y"));
        assertThatThrownBy(() -> parse("--opt", "bare").pairs("opt")).hasMessageContaining("KEY=VALUE");
    }

    @Test
    void unknownFlagsNameTheNearest() {
        assertThatThrownBy(() -> parse("--no-cash"))
                .isInstanceOf(UsageFault.class)
                .hasMessage("flag is not known: --no-cash; did you mean --no-cache?");
        assertThatThrownBy(() -> parse("--opt")).hasMessageContaining("needs a value");
    }

    @Test
    void flagsOfACommandAreLeftToIt() {
        Arguments arguments = Arguments.parse(FLAGS, List.of("--no-cache", "build", "--else"), true);
        assertThat(arguments.rest()).containsExactly("build", "--else");
    }
}
