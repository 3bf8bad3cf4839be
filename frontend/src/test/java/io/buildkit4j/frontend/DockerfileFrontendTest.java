package io.buildkit4j.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.llb.Op;
import io.buildkit4j.wire.WireFault;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DockerfileFrontendTest {
    private static Described describe(CannedGateway gateway, Map<String, String> options) throws InterruptedException {
        return new DockerfileFrontend()
                .describe(new FrontendRequest(FrontendOptions.parse(options), Map.of()), gateway);
    }

    private static PlatformBuild build(CannedGateway gateway, Map<String, String> options) throws InterruptedException {
        return ((Described.Here) describe(gateway, options)).builds().getFirst();
    }

    @Test
    void severalStagesBecomeOneGraphOfTheReachableOnes() throws InterruptedException {
        String text = """
                ARG BASE=alpine
                FROM ${BASE}:3 AS build
                WORKDIR /src
                COPY main.c lib/ ./
                RUN --mount=type=cache,target=/c cc main.c
                FROM nowhere AS unused
                RUN false
                FROM scratch
                COPY --from=build --chown=1:2 /src/a.out /app
                ENV A=b
                ENTRYPOINT ["/app"]
                """;
        CannedGateway gateway = new CannedGateway(
                Map.of("dockerfile/Dockerfile", text, "context/.dockerignore", "*.o\n# no\n!/keep.o"), Map.of());
        PlatformBuild build = build(gateway, Map.of("label:x", "y"));
        assertThat(gateway.asked).containsExactly("docker.io/library/alpine:3");
        List<String> names = build.definition().steps().stream()
                .map(step ->
                        build.definition().metadata(step.digest()).customName().orElse("?"))
                .toList();
        assertThat(names)
                .containsExactly(
                        "[build 1/4] FROM docker.io/library/alpine:3@"
                                + io.buildkit4j.image.Digest.ofText("docker.io/library/alpine:3"),
                        "[build 2/4] WORKDIR /src",
                        "[internal] load build context",
                        "[build 3/4] COPY main.c lib/ ./",
                        "[build 4/4] RUN --mount=type=cache,target=/c cc main.c",
                        "[stage-2 1/1] COPY --from=build --chown=1:2 /src/a.out /app");
        Op.Source context = (Op.Source) build.definition().steps().get(2).op();
        assertThat(context.id().toString()).contains("exclude=[*.o, !keep.o]", "follow=[lib, main.c]");
        assertThat(build.imageConfig())
                .contains("\"created_by\":\"COPY --chown=1:2 /src/a.out /app # buildkit\"")
                .contains("\"Entrypoint\":[\"/app\"]", "\"Labels\":{\"x\":\"y\"}", "\"A=b\"");
        assertThat(io.buildkit4j.llb.Definition.decode(build.definition().encode()))
                .isEqualTo(build.definition());
    }

    /** The rest may be a language that only that frontend knows. */
    @Test
    void theSyntaxLineAsksForAnotherFrontend() throws InterruptedException {
        CannedGateway gateway = new CannedGateway(
                Map.of("dockerfile/Dockerfile", "# escape=\\\n#syntax = registry/it:1 so be it\nWHATEVER\n"), Map.of());
        assertThat(describe(gateway, Map.of())).isInstanceOfSatisfying(Described.Elsewhere.class, elsewhere -> {
            assertThat(elsewhere.image()).isEqualTo("registry/it:1");
            assertThat(elsewhere.line()).isEqualTo("registry/it:1 so be it");
            assertThat(elsewhere.place().orElseThrow().first()).isEqualTo(2);
        });
    }

    @Test
    void theSyntaxArgumentOverridesTheLineAndWhoeverIsAskedByItAsksNobodyElse() throws InterruptedException {
        CannedGateway gateway =
                new CannedGateway(Map.of("dockerfile/Dockerfile", "#syntax=one\nFROM scratch\nCOPY a /\n"), Map.of());
        assertThat(describe(gateway, Map.of("build-arg:BUILDKIT_SYNTAX", "two")))
                .isEqualTo(new Described.Elsewhere("two", "two", java.util.Optional.empty()));
        assertThat(build(gateway, Map.of("cmdline", "one")).definition().steps())
                .hasSize(2);
    }

    @Test
    void aQuestionThatNobodyKnowsIsRefusedByItsName() {
        CannedGateway gateway = new CannedGateway(Map.of("dockerfile/Dockerfile", "FROM scratch\n"), Map.of());
        assertThatThrownBy(() -> describe(gateway, Map.of("requestid", "frontend.list")))
                .isInstanceOfSatisfying(WireFault.class, refused -> {
                    assertThat(refused.kind()).isEqualTo(Kind.UNIMPLEMENTED);
                    assertThat(refused.details().getFirst().is("Subrequest")).isTrue();
                    assertThat(refused).hasMessageContaining("frontend.list (did you mean frontend.lint?)");
                });
    }
}
