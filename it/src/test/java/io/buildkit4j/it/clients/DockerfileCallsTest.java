package io.buildkit4j.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Leftovers;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.it.spine.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Findings of the checks and answers to calls, as clients show them. */
@Tag("root")
class DockerfileCallsTest {
    private static final String SLOPPY = """
            FROM scratch AS Base
            COPY a /a
            MAINTAINER me
            # app what is run
            FROM base AS app
            # WHO is greeted
            ARG WHO=you
            RUN --mount=type=secret,id=token,required=true true
            CMD run $WHO
            """;

    @TempDir
    static Path shared;

    private static final Leftovers LEFTOVERS = Leftovers.before();

    private static Daemon daemon;
    private static Buildx buildx;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws IOException {
        daemon = Daemon.start(Files.createDirectories(shared.resolve("d")));
        buildx = new Buildx(Files.createDirectories(shared.resolve("home")), daemon.unix());
    }

    @AfterAll
    static void stop() {
        LEFTOVERS.noneBelow(daemon.root());
        daemon.close();
    }

    private Context context(String dockerfile) {
        return new Context(folder.resolve("context")).dockerfile(dockerfile).file("a", "a");
    }

    private Outcome buildctl(Context context, String... arguments) {
        return Program.buildctl("--addr", daemon.unix(), "build")
                .with(context.flags())
                .with(arguments)
                .run();
    }

    @Test
    void checksOfBuildx() {
        String sloppy = context(SLOPPY).folder().toString();
        Outcome found = buildx.run("build", "--check", sloppy).failed();
        assertThat(found.out())
                .contains("WARNING: StageNameCasing - https://docs.docker.com/go/dockerfile/rule/stage-name-casing/")
                .contains("Stage name 'Base' should be lowercase")
                .contains("   1 | >>> FROM scratch AS Base")
                .contains("JSON arguments recommended for CMD");
        JsonObject json = JsonParser.parseString(
                        buildx.run("build", "--call=lint,format=json", sloppy).out())
                .getAsJsonObject();
        assertThat(json.getAsJsonArray("warnings").asList())
                .extracting(each -> each.getAsJsonObject().get("ruleName").getAsString())
                .containsExactly("StageNameCasing", "MaintainerDeprecated", "JSONArgsRecommended");
        Outcome clean = buildx.run(
                        "build",
                        "--check",
                        context("FROM scratch\nCOPY a /\n").folder().toString())
                .succeeded();
        assertThat(clean.out()).contains("no warnings found");
    }

    @Test
    void callsOfBuildx() {
        String sloppy = context(SLOPPY).folder().toString();
        assertThat(buildx.run("build", "--call=outline", sloppy).succeeded().out())
                .containsPattern("TARGET: +app")
                .containsPattern("DESCRIPTION: +what is run")
                .containsPattern("WHO +you +is greeted")
                .containsPattern("token +true");
        assertThat(buildx.run("build", "--call=targets", sloppy).succeeded().out())
                .containsPattern("base +")
                .containsPattern("app \\(default\\) +what is run");
    }

    @Test
    void aBuildShowsWhatIsFound() {
        Context context = context("FROM scratch AS Base\nCOPY a /a\n");
        assertThat(buildx.run("build", context.folder().toString()).succeeded().err())
                .contains("1 warning found")
                .contains("StageNameCasing: Stage name 'Base' should be lowercase (line 1)");
        assertThat(buildx.run("build", "--progress=rawjson", context.folder().toString())
                        .succeeded()
                        .err())
                .contains("\"sourceInfo\":{\"filename\":\"Dockerfile\"")
                .contains("\"range\":[{\"start\":{\"line\":1},\"end\":{\"line\":1}}]");
        assertThat(buildctl(context, "--progress=plain").succeeded().err())
                .contains("1 warning found")
                .contains("StageNameCasing: Stage name 'Base' should be lowercase (line 1)");
        assertThat(buildctl(context, "--progress=rawjson").succeeded().err())
                .contains("\"warnings\":[{")
                .contains("\"sourceInfo\":{\"filename\":\"Dockerfile\",\"data\":\"")
                .contains("\"range\":[{\"start\":{\"line\":1},\"end\":{\"line\":1}}]");
    }

    @Test
    void aFindingIsAnErrorWhereTheFileSaysSo() throws IOException {
        Context context = context("# check=error=true\nFROM scratch AS Base\nCOPY a /a\n");
        String message = "lint violation found for rules: StageNameCasing";
        assertThat(buildx.run("build", context.folder().toString()).failed().err())
                .contains(message);
        assertThat(buildctl(context, "--opt", "build-arg:BUILDKIT_DOCKERFILE_CHECK=skip=all")
                        .succeeded()
                        .err())
                .doesNotContain("StageNameCasing");
        Files.writeString(context.folder().resolve("Dockerfile"), "RUNE x\n", StandardOpenOption.APPEND);
        assertThat(buildctl(context).failed().err()).contains("4 | >>> RUNE x").contains("(did you mean RUN?)");
    }

    @Test
    void buildctlPrintsAnswers() {
        Context context = context(SLOPPY);
        assertThat(buildctl(context, "--opt", "requestid=frontend.targets")
                        .succeeded()
                        .out())
                .isEqualTo("TARGET        DESCRIPTION\nbase          \napp (default) what is run\n");
        Outcome found = buildctl(context, "--opt", "requestid=frontend.lint").failed();
        assertThat(found.out()).contains("WARNING: StageNameCasing - https://");
        assertThat(found.err()).contains("frontend.lint answers with status 1");
        assertThat(buildctl(context, "--opt", "requestid=frontend.subrequests.describe", "--format=json")
                        .succeeded()
                        .out())
                .contains("\"name\": \"frontend.convertllb\"");
        assertThat(buildctl(context, "--opt", "requestid=frontend.lnit")
                        .failed()
                        .err())
                .contains("unsupported request frontend.lnit (did you mean frontend.lint?)");
    }
}
