package io.buildkit4j.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files of 10,000 lines, lines of a mebibyte and patterns that would never end: each is a build or a fault with a message of a
 * bearable length. What is not in proportion to the file took minutes or all memory here; the limit of time is for that, not
 * for the speed of the machine.
 */
class LargeInputTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int LINES = 10_000;
    private static final int LETTERS = 1 << 20;

    static Stream<Arguments> built() {
        return Stream.of(
                Arguments.of("variables", lines(LINES, i -> "ENV v" + i + "=" + i)),
                Arguments.of("pairs", lines(LINES, i -> "ENV v" + i + "=" + i + " w" + i + "=$v" + i)),
                Arguments.of("labels", lines(LINES, i -> "LABEL v" + i + "=" + i)),
                Arguments.of("triggers", lines(LINES, i -> "ONBUILD RUN a" + i)),
                Arguments.of("steps", lines(LINES, i -> "RUN echo " + i)),
                Arguments.of("stages", lines(LINES / 2, i -> "FROM s" + i + " AS s" + (i + 1) + "\nENV a" + i + "=1")),
                Arguments.of(
                        "copies",
                        lines(LINES / 2, i -> "FROM scratch AS s" + (i + 1) + "\nCOPY --from=s" + i + " a b")),
                Arguments.of("findings", lines(LINES, i -> "env a " + i + "$u" + i)),
                Arguments.of("gap", "RUN a \\\n" + "\n".repeat(LINES) + "b\n"),
                Arguments.of("heredoc", "RUN <<E\n" + "\t\tx\n".repeat(LETTERS / 4) + "E\n"),
                Arguments.of("sources", "COPY " + "a ".repeat(LETTERS / 4) + "/b/\n"),
                Arguments.of("returns", "RUN a" + "\r".repeat(LETTERS) + "b\n"),
                Arguments.of("announced", "RUN a<<" + " ".repeat(LETTERS) + "<\n"),
                Arguments.of("nulls", "RUN " + "\0".repeat(LETTERS) + "\n"),
                // too deep for JSON, so they are words
                Arguments.of("lists", "CMD " + "[".repeat(LETTERS / 2) + "]".repeat(LETTERS / 2) + "\n"),
                Arguments.of("slashes", "RUN --mount=type=cache,target=" + "/".repeat(LETTERS) + "x y\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("built")
    void isBuilt(String name, String text) {
        Assertions.assertTimeoutPreemptively(LIMIT, () -> {
            Described built = describe("FROM scratch AS s0\n" + text);
            assertThat(built).isInstanceOf(Described.Here.class);
        });
    }

    static Stream<Arguments> refused() {
        String large = "ARG v=" + "a".repeat(LETTERS / 2) + "\n";
        return Stream.of(
                Arguments.of("prefix", large + "ARG w=${v##" + "*a".repeat(LETTERS / 8) + "b}\n", "patterns"),
                Arguments.of("replaced", large + "ARG w=${v//" + "?".repeat(LETTERS / 8) + "b/x}\n", "patterns"),
                Arguments.of(
                        "often",
                        "ARG v=" + "a".repeat(3_000) + "\nARG p=" + "*a".repeat(1_500) + "b\n"
                                + "ARG w=${v##$p}\n".repeat(LINES),
                        "patterns"),
                Arguments.of("doubled", "ARG a=x\n" + "ARG a=$a$a\n".repeat(LINES), "longer than"),
                Arguments.of("repeated", large + lines(LINES, i -> "ENV b" + i + "=$v"), "million characters"),
                Arguments.of(
                        "told",
                        "ENV a=" + "x".repeat(LETTERS) + "\n" + lines(LINES, i -> "RUN " + i),
                        "million characters"),
                Arguments.of("directories", lines(LINES, i -> "WORKDIR a" + i), "million characters"),
                Arguments.of("nested", "ENV a=" + "${a:-".repeat(LETTERS / 6) + "}".repeat(LETTERS / 6), "nested"),
                Arguments.of("lists", "CMD " + "[".repeat(9_000) + "]".repeat(9_000), "JSON array"),
                Arguments.of("modes", "COPY --chmod=" + "u+x,".repeat(LETTERS / 4) + "u+x a b\n", "chmod"),
                Arguments.of("flags", "COPY --" + "-".repeat(LETTERS) + " a b\n", "unknown flag"),
                Arguments.of("word", "X".repeat(LETTERS) + "\n", "unknown instruction"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void isRefused(String name, String text, String why) {
        Assertions.assertTimeoutPreemptively(LIMIT, () -> {
            DockerfileFault fault =
                    Assertions.assertThrows(DockerfileFault.class, () -> describe("FROM scratch\n" + text));
            assertThat(fault).hasMessageContaining(why);
            assertThat(String.valueOf(fault.getMessage())).hasSizeLessThan(10_000);
            assertThat(fault.excerpt()).hasSizeLessThan(20_000);
        });
    }

    private static Described describe(String text) throws InterruptedException {
        FrontendRequest request = new FrontendRequest(FrontendOptions.parse(Map.of()), Map.of());
        return new DockerfileFrontend()
                .describe(request, new CannedGateway(Map.of("dockerfile/Dockerfile", text), Map.of()));
    }

    private static String lines(int count, IntFunction<String> line) {
        StringBuilder text = new StringBuilder();
        IntStream.range(0, count)
                .mapToObj(line)
                .forEach(each -> text.append(each).append('\n'));
        return text.toString();
    }
}
