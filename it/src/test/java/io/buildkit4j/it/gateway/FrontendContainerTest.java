package io.buildkit4j.it.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Leftovers;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.it.peer.Registry;
import io.buildkit4j.it.spine.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code # syntax=}: frontends that are images, one of this project's own and some that misbehave. */
@Tag("root")
class FrontendContainerTest {
    @TempDir
    static Path shared;

    private static final Leftovers LEFTOVERS = Leftovers.before();

    private static Daemon daemon;
    private static Registry registry;
    private static String recipe = "";

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws IOException {
        daemon = Daemon.start(Files.createDirectories(shared.resolve("d")));
        registry = Registry.start(Files.createDirectories(shared.resolve("registry")));
        recipe = registry.name("it/recipe:1");
        RecipeImage.push(daemon, Files.createDirectories(shared.resolve("recipe")), recipe);
    }

    @AfterAll
    static void stop() {
        registry.close();
        daemon.close();
    }

    @AfterEach
    void nothingIsLeft() {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> LEFTOVERS.noneBelow(daemon.root()));
        assertThat(daemon.root().resolve("worker/containers/bundles")).isEmptyDirectory();
        assertThat(daemon.root().resolve("worker/grants")).isEmptyDirectory();
    }

    private Context context(String file) {
        return new Context(folder.resolve("context")).dockerfile(file);
    }

    private Program build(Context context, String... more) {
        return Program.buildctl("--addr", daemon.unix(), "build", "--progress=plain")
                .with(context.flags())
                .with(more);
    }

    @Test
    void theProjectsOwnFrontendBuildsAndAsksAnother() throws IOException {
        Context context = context("""
                # syntax=%s and some words
                dockerfile Base
                say hello from the frontend
                write /note as written
                run echo $((20 + 3)) > /sum
                """.formatted(recipe)).file("Base", "FROM scratch\nCOPY busybox /bin/sh\n");
        Path tree = folder.resolve("tree");
        Outcome built =
                build(context, "--output", "type=local,dest=" + tree).run().succeeded();
        assertThat(built.said()).contains("hello from the frontend").contains("[recipe] run echo");
        assertThat(tree.resolve("note")).hasContent("as written\n");
        assertThat(tree.resolve("sum")).hasContent("23\n");
    }

    @Test
    void buildxRunsItToo() throws IOException {
        Path home = Files.createDirectories(folder.resolve("home"));
        Path tree = folder.resolve("tree");
        Context context = context("# syntax=" + recipe + "\nwrite /note through buildx\n");
        buildx(home, "create", "--name", "it", "--driver", "remote", "--use", daemon.unix());
        buildx(
                home,
                "build",
                "--output=type=local,dest=" + tree,
                context.folder().toString());
        assertThat(tree.resolve("note")).hasContent("through buildx\n");
    }

    private static void buildx(Path home, String... arguments) {
        Program.of(Program.top().resolve(".build/docker-buildx").toString())
                .with(arguments)
                .set("HOME", home.toString())
                .set("BUILDKIT_PROGRESS", "plain")
                .run()
                .succeeded();
    }

    @Test
    void aFrontendIsNamedByABuildArgumentOrAskedForByItsOwnName() {
        Context context = context("write /note by name\n");
        for (String flags : java.util.List.of(
                "--opt build-arg:BUILDKIT_SYNTAX=" + recipe + " --frontend dockerfile.v0",
                "--opt source=" + recipe + " --frontend gateway.v0")) {
            Path tree = folder.resolve("tree" + flags.length());
            build(context, "--output", "type=local,dest=" + tree)
                    .with(flags.split(" ", -1))
                    .run()
                    .succeeded();
            assertThat(tree.resolve("note")).hasContent("by name\n");
        }
    }

    @Test
    void itsFailureIsTheBuilds() {
        Outcome failed = build(context("# syntax=" + recipe + "\nfail no such dish\n"))
                .run()
                .failed();
        assertThat(failed.said()).contains("no such dish").contains(">>> # syntax=");
    }

    @Test
    void whatItDoesNotSayThatItDoesIsRefused() {
        Outcome failed = build(
                        context("# syntax=" + recipe + "\n"),
                        "--opt",
                        "frontend.caps=moby.buildkit.frontend.subrequests")
                .run()
                .failed();
        assertThat(failed.said()).contains("unsupported frontend capability moby.buildkit.frontend.subrequests");
    }

    private String misbehaving(String name, String command) {
        String image = registry.name("it/" + name + ":1");
        Context context = new Context(folder.resolve(name)).dockerfile("""
                FROM scratch
                COPY busybox /bin/sh
                ENTRYPOINT ["/bin/sh", "-c", "%s"]
                """.formatted(command));
        build(context, "--output", "type=image,push=true,name=" + image).run().succeeded();
        return image;
    }

    private String failure(String name, String command) {
        String image = misbehaving(name, command);
        return build(context("# syntax=" + image + "\n")).run().failed().said().replace(image, "IMAGE");
    }

    @Test
    void frontendsThatMisbehaveFailTheirBuildWithAClearReason() {
        assertThat(failure("garbage", "echo 'hello, I speak no gRPC at all'; sleep 60"))
                .contains("frontend IMAGE wrote something to its standard output that is not gRPC");
        assertThat(failure("early", "true")).contains("frontend IMAGE ended without a result");
        assertThat(failure("failing", "echo out of eggs >&2; exit 3"))
                .contains("out of eggs")
                .contains("frontend IMAGE did not complete successfully: exit code: 3");
        assertThat(build(context("# syntax=" + registry.name("it/none:1") + "\n"))
                        .run()
                        .failed()
                        .said())
                .contains("it/none:1");
    }

    @Test
    void aFrontendThatNeverSaysAnythingIsNotWaitedForForEver() throws IOException {
        String image = misbehaving("mute", "sleep 1000");
        try (Daemon impatient = Daemon.start(Files.createDirectories(folder.resolve("d")), "--frontend-silence", "2")) {
            assertThat(Program.buildctl("--addr", impatient.unix(), "build", "--progress=plain")
                            .with(context("# syntax=" + image + "\n").flags())
                            .run()
                            .failed()
                            .said())
                    .contains("has said nothing for 2 seconds")
                    .contains(">>> # syntax=");
        }
    }

    @Test
    void aFrontendThatNeverAnswersEndsWithItsBuild() throws IOException, InterruptedException {
        String image = misbehaving("silent", "echo thinking >&2; sleep 1000");
        Path out = folder.resolve("out");
        Process client = build(context("# syntax=" + image + "\n")).start(out, folder.resolve("err"));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Files.readString(folder.resolve("err")).contains("thinking")
                        || Files.readString(out).contains("thinking"));
        client.destroy();
        client.waitFor();
    }
}
