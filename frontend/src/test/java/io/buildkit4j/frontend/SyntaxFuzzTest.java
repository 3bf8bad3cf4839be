package io.buildkit4j.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.frontend.syntax.DockerfileSyntax;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever is written, the answer is a build or a fault with a message, and soon. */
class SyntaxFuzzTest {
    private static final String[] PIECES = {
        "FROM ",
        "scratch",
        "RUN ",
        "COPY ",
        "--from=",
        "a",
        " ",
        "\n",
        "\\\n",
        "<<EOF",
        "\nEOF\n",
        "\"",
        "'",
        "$",
        "${",
        "}",
        ":-",
        "#",
        "# escape=`\n",
        "[\"",
        "\"]",
        "=",
        "ENV ",
        "ARG ",
        "ONBUILD ",
        "--mount=type=",
        "\t",
        "\r\n",
        "0",
        "/",
        "%",
        "\u00e9",
        "\uFEFF",
        "HEALTHCHECK CMD ",
        "EXPOSE ",
        "LABEL ",
        " AS x\n",
        "\0",
        "\uD800",
        "\uDC00",
        "##",
        "//",
        "*",
        "?",
        "\\",
        "[",
        "]",
        ",",
        "..",
        "--chmod=u+",
        "--platform=linux/",
        "ADD https://",
        "git@h:",
        "FROM a\n",
        "VOLUME ",
        "SHELL ",
        "USER ",
        "WORKDIR ",
        "STOPSIGNAL ",
        "\r"
    };

    /** Another one with each run; {@code -Dfuzz.seed=N} repeats one. */
    @Test
    void answersEverythingWithABuildOrAFault() throws InterruptedException {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        Random random = new Random(seed);
        int built = 0;
        for (int round = 0; round < 4000; round++) {
            StringBuilder text = new StringBuilder(round % 2 == 0 ? "FROM scratch\n" : "");
            for (int i = random.nextInt(14); i >= 0; i--) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
            FrontendRequest request = new FrontendRequest(FrontendOptions.parse(Map.of()), Map.of());
            try {
                new DockerfileFrontend()
                        .describe(
                                request, new CannedGateway(Map.of("dockerfile/Dockerfile", text.toString()), Map.of()));
                built++;
            } catch (FrontendFault fault) {
                assertThat(fault.getMessage()).isNotBlank();
            } catch (RuntimeException broken) {
                throw new AssertionError("-Dfuzz.seed=" + seed + ", round " + round + ": " + text, broken);
            }
        }
        assertThat(built).isPositive();
    }

    @Test
    void readsFiveHundredInstructionsAtOnce() {
        String text = "FROM scratch\n" + "RUN --mount=type=cache,target=/c echo \"x\" \\\n  && true\n".repeat(500);
        assertThat(DockerfileSyntax.parse("Dockerfile", text).statements()).hasSize(501);
    }
}
