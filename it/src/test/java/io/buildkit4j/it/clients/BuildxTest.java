package io.buildkit4j.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Leftovers;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.it.peer.Registry;
import io.buildkit4j.it.spine.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docker buildx} with its remote driver. */
@Tag("root")
class BuildxTest {
    @TempDir
    static Path shared;

    private static final Leftovers LEFTOVERS = Leftovers.before();

    private static Daemon daemon;
    private static Registry registry;
    private static Buildx buildx;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws IOException {
        daemon = Daemon.start(
                Files.createDirectories(shared.resolve("d")), "--allow-insecure-entitlement", "network.host");
        registry = Registry.start(Files.createDirectories(shared.resolve("registry")));
        buildx = new Buildx(Files.createDirectories(shared.resolve("home")), daemon.unix());
    }

    @AfterAll
    static void stop() {
        LEFTOVERS.noneBelow(daemon.root());
        registry.close();
        daemon.close();
    }

    private Context context(String dockerfile) {
        return new Context(folder.resolve("context")).dockerfile(Context.BASE + dockerfile);
    }

    @Test
    void showsTheDaemon() {
        assertThat(buildx.run("inspect", "it").succeeded().out())
                .contains("Status:           running")
                .contains("Platforms:        linux/")
                .contains("org.mobyproject.buildkit.worker.executor:");
        assertThat(buildx.run("ls").out()).contains(daemon.unix()).contains("running");
    }

    @Test
    void writesSeveralOutputsOfOneBuild() {
        Context context = context("""
                FROM base
                ARG WHO=nobody
                RUN echo "hello $WHO" > /greeting
                """);
        Path tree = folder.resolve("tree");
        Path archive = folder.resolve("image.tar");
        Path docker = folder.resolve("docker.tar");
        Path metadata = folder.resolve("metadata.json");
        Outcome built = buildx.run(
                        "build",
                        "--build-arg=WHO=you",
                        "--tag=it/several:1",
                        "--output=type=local,dest=" + tree,
                        "--output=type=oci,dest=" + archive,
                        "--output=type=docker,dest=" + docker,
                        "--metadata-file=" + metadata,
                        context.folder().toString())
                .succeeded();
        assertThat(tree.resolve("greeting")).hasContent("hello you\n");
        assertThat(built.err()).doesNotContain("GOAWAY");
        for (String image : List.of("oci-archive:" + archive, "docker-archive:" + docker)) {
            assertThat(Program.of("skopeo", "inspect", "--config", image)
                            .run()
                            .succeeded()
                            .out())
                    .contains("diff_ids");
        }
        assertThat(metadata).content().contains("\"containerimage.digest\"").contains("\"image.name\"");
    }

    @Test
    void buildsOverTcp() throws IOException {
        Buildx tcp = new Buildx(Files.createDirectories(folder.resolve("home")), daemon.tcp());
        Path tree = folder.resolve("tree");
        tcp.run(
                        "build",
                        "--output=type=local,dest=" + tree,
                        context("FROM base\nRUN echo tcp > /way\n").folder().toString())
                .succeeded();
        assertThat(tree.resolve("way")).hasContent("tcp\n");
    }

    @Test
    void pushesAndBuildsOnWhatItPushed() {
        String name = registry.name("it/pushed:1");
        buildx.run(
                        "build",
                        "--push",
                        "--tag",
                        name,
                        context("FROM base\nRUN echo one > /one\n").folder().toString())
                .succeeded();
        Context over = new Context(folder.resolve("over")).dockerfile("FROM scratch\nCOPY --from=given /one /two\n");
        Path tree = folder.resolve("tree");
        buildx.run(
                        "build",
                        "--build-context=given=docker-image://" + name,
                        "--output=" + tree,
                        over.folder().toString())
                .succeeded();
        assertThat(tree.resolve("two")).hasContent("one\n");
    }

    @Test
    void aFailureShowsTheLinesThatItComesFrom() {
        Outcome failed = buildx.run(
                        "build",
                        context("FROM base\nRUN echo fine && \\\n    exit 3\n")
                                .folder()
                                .toString())
                .failed();
        assertThat(failed.err())
                .contains("Dockerfile:5")
                .contains("   5 | >>> RUN echo fine")
                .contains("   6 | >>>     exit 3")
                .contains("did not complete successfully: exit code: 3");
        // the history knows as much, and can be taken away
        assertThat(buildx.run("history", "inspect").succeeded().out())
                .contains("   5 | >>> RUN echo fine")
                .contains("> fine");
        Path bundle = folder.resolve("bundle.dockerbuild");
        buildx.run("history", "export", "--output=" + bundle).succeeded();
        assertThat(bundle).isNotEmptyFile();
    }

    @Test
    void aMistakeInTheDockerfileShowsItsLine() {
        Outcome failed = buildx.run(
                        "build", context("FROM base\nRUNE echo\n").folder().toString())
                .failed();
        assertThat(failed.err()).contains("   5 | >>> RUNE echo").contains("unknown instruction: RUNE");
    }

    @Test
    void namedContextsAndInputFromAPipe() throws IOException {
        Context other = new Context(folder.resolve("other")).file("given.txt", "given");
        Context context = context("FROM scratch\nCOPY --from=more given.txt /\n");
        Path tree = folder.resolve("tree");
        Path dockerfile = context.folder().resolve("Dockerfile");
        buildx.program(
                        "build",
                        "--build-context=more=" + other.folder(),
                        "--output=" + tree,
                        "--file=-",
                        context.folder().toString())
                .reading(dockerfile)
                .run()
                .succeeded();
        assertThat(Files.readString(tree.resolve("given.txt"))).isEqualTo("given");
    }

    @Test
    void secretsReachTheStepAndNothingElse() throws IOException {
        Path secret = Files.writeString(folder.resolve("token"), "correct-horse-battery\n");
        Context context = context("""
                FROM base
                RUN --mount=type=secret,id=token --mount=type=secret,id=token,env=TOKEN \\
                    cat /run/secrets/token && echo "in $TOKEN" && echo ${#TOKEN} > /length && ls -l /run/secrets
                RUN --mount=type=secret,id=absent test ! -e /run/secrets/absent
                """);
        Path tree = folder.resolve("tree");
        Outcome built = buildx.run(
                        "build",
                        "--secret=id=token,src=" + secret,
                        "--output=" + tree,
                        context.folder().toString())
                .succeeded();
        assertThat(built.err())
                .contains("in ***")
                .doesNotContain("correct-horse")
                .contains("-r--------");
        assertThat(tree.resolve("length")).hasContent("22\n");
        assertThat(tree.resolve("run/secrets")).doesNotExist();
        assertThat(Program.of("grep", "-rl", "correct-horse", daemon.root().toString())
                        .run()
                        .out())
                .isEmpty();
    }

    @Test
    void aRequiredSecretThatIsNotGivenIsNamed() {
        Outcome failed = buildx.run(
                        "build",
                        context("FROM base\nRUN --mount=type=secret,id=needed,required=true true\n")
                                .folder()
                                .toString())
                .failed();
        assertThat(failed.err()).contains("secret needed: not found");
    }

    @Test
    void anAgentIsForwarded() throws IOException {
        Path key = folder.resolve("key");
        Program.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "it-key", "-f", key.toString())
                .run()
                .succeeded();
        Context context = new Context(folder.resolve("context"));
        copyWithLibraries(Path.of("/usr/bin/ssh-add"), context.folder().resolve("ssh"));
        context.dockerfile(Context.BASE + """
                FROM base
                COPY ssh /
                RUN --mount=type=ssh ssh-add -l
                RUN test -z "$SSH_AUTH_SOCK"
                """);
        Outcome built = buildx.run(
                        "build", "--ssh=default=" + key, context.folder().toString())
                .succeeded();
        assertThat(built.err()).contains("(ED25519)");
    }

    /** The program and the libraries that it needs, at their own paths below the folder. */
    private static void copyWithLibraries(Path program, Path folder) throws IOException {
        List<String> libraries = Program.of("ldd", program.toString())
                .run()
                .succeeded()
                .out()
                .lines()
                .flatMap(
                        line -> List.of(line.strip().split("\\s+", -1)).stream().filter(word -> word.startsWith("/")))
                .toList();
        for (String file : libraries) {
            copy(Path.of(file), folder);
        }
        copy(program, folder);
        Path accounts = folder.resolve("etc/passwd");
        Files.createDirectories(accounts.getParent());
        Files.writeString(accounts, "root:x:0:0:root:/root:/bin/sh\n");
    }

    private static void copy(Path file, Path folder) throws IOException {
        Path target = folder.resolve(file.toString().substring(1));
        Files.createDirectories(target.getParent());
        Files.copy(file.toRealPath(), target);
    }

    @Test
    void aCacheMountStaysFromBuildToBuildAndIsNoPartOfTheResult() {
        Context context = context("""
                FROM base
                ARG TURN
                RUN --mount=type=cache,target=/c,mode=0770,uid=7 echo $TURN >> /c/log && cp /c/log /log && ls -ldn /c
                """);
        for (String turn : List.of("1", "2")) {
            buildx.run(
                            "build",
                            "--build-arg=TURN=" + turn,
                            "--output=" + folder.resolve("tree" + turn),
                            context.folder().toString())
                    .succeeded();
        }
        assertThat(folder.resolve("tree2/log")).hasContent("1\n2\n");
        assertThat(folder.resolve("tree2/c")).doesNotExist();
        assertThat(buildx.run("du", "--verbose").succeeded().out()).contains("exec.cachemount");
    }

    @Test
    void whatTheDaemonDoesNotAllowIsRefused() {
        Outcome refused = buildx.run(
                        "build",
                        "--allow=security.insecure",
                        context("FROM base\nRUN --security=insecure true\n")
                                .folder()
                                .toString())
                .failed();
        assertThat(refused.err())
                .contains("granting entitlement security.insecure is not allowed by build daemon configuration");
    }

    @Test
    void whatTheDaemonAllowsMustBeAskedFor() {
        String context =
                context("FROM base\nRUN --network=host true\n").folder().toString();
        buildx.run("build", "--allow=network.host", context).succeeded();
        assertThat(buildx.run("build", context).failed().err()).contains("network.host is not allowed");
    }

    @Test
    void whatWasBuiltIsInTheHistory() throws IOException {
        String context = context("FROM base\nRUN echo remembered\n").folder().toString();
        Path metadata = folder.resolve("metadata.json");
        buildx.run("build", "--metadata-file=" + metadata, context).succeeded();
        String ref = Files.readString(metadata).replaceAll("(?s).*\"buildx.build.ref\": \"it/it0/(\\w+)\".*", "$1");
        assertThat(buildx.run("history", "ls").succeeded().out()).contains(ref);
        assertThat(buildx.run("history", "inspect", ref).succeeded().out()).contains("Build Steps:");
        assertThat(buildx.run("history", "logs", ref).succeeded().said()).contains("remembered");
        buildx.run("history", "rm", ref).succeeded();
        assertThat(buildx.run("history", "ls").succeeded().out()).doesNotContain(ref);
    }

    @Test
    void aFileDescribesSeveralBuilds() throws IOException {
        Context context = context("FROM base\nARG WHO\nRUN echo $WHO > /who\n");
        Path tree = folder.resolve("tree");
        context.file("docker-bake.hcl", """
                group "default" { targets = ["one", "two"] }
                target "one" {
                  args = { WHO = "one" }
                  output = ["type=local,dest=%1$s/one"]
                }
                target "two" {
                  inherits = ["one"]
                  args = { WHO = "two" }
                  output = ["type=local,dest=%1$s/two"]
                }
                """.formatted(tree));
        buildx.program("bake", "--allow=fs=*").in(context.folder()).run().succeeded();
        assertThat(tree.resolve("one/who")).hasContent("one\n");
        assertThat(tree.resolve("two/who")).hasContent("two\n");
    }

    @Test
    void severalPlatformsBecomeOneIndex() throws IOException {
        Context context = new Context(folder.resolve("context"))
                .dockerfile("FROM scratch\nARG TARGETARCH\nCOPY busybox /$TARGETARCH\n");
        Path layout = folder.resolve("image.tar");
        buildx.run(
                        "build",
                        "--platform=linux/amd64,linux/arm64",
                        "--output=type=oci,dest=" + layout,
                        context.folder().toString())
                .succeeded();
        assertThat(Program.of("skopeo", "inspect", "--raw", "oci-archive:" + layout)
                        .run()
                        .succeeded()
                        .out())
                .contains("\"arm64\"")
                .contains("\"amd64\"");
    }
}
