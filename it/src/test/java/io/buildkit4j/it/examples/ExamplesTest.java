package io.buildkit4j.it.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Ports;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.it.peer.Registry;
import io.buildkit4j.it.spine.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each example writes a definition, and the definition builds: from a registry and from repositories on this machine. */
@Tag("root")
class ExamplesTest {
    private static final List<String> COMPONENTS = List.of("runc", "containerd", "buildkit");

    @TempDir
    static Path shared;

    private static Daemon daemon;
    private static Registry registry;
    private static Process repositories;
    private static int port;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        daemon = Daemon.start(Files.createDirectories(shared.resolve("d")));
        registry = Registry.start(Files.createDirectories(shared.resolve("registry")));
        pushCompiler();
        for (String component : COMPONENTS) {
            repository(shared.resolve("git").resolve(component + ".git"), component);
        }
        port = Ports.free();
        repositories = new ProcessBuilder(
                        "/usr/lib/git-core/git-daemon",
                        "--export-all",
                        "--listen=127.0.0.1",
                        "--port=" + port,
                        "--base-path=" + shared.resolve("git"))
                .redirectErrorStream(true)
                .redirectOutput(shared.resolve("git.log").toFile())
                .start();
        await().until(() -> Ports.answers(port));
    }

    /** An image with a shell and git, which stands for the compiler's and for the one that the results are put into. */
    private static void pushCompiler() throws IOException {
        Context context = new Context(shared.resolve("compiler")).dockerfile(Context.BASE + """
                COPY tools /
                """);
        List<Path> files = new ArrayList<>(List.of(Path.of("/usr/bin/git")));
        Program.of("ldd", "/usr/bin/git")
                .run()
                .succeeded()
                .out()
                .lines()
                .flatMap(line -> Arrays.stream(line.strip().split(" ")))
                .filter(word -> word.startsWith("/"))
                .map(Path::of)
                .forEach(files::add);
        for (Path file : files) {
            Path target = context.folder().resolve("tools" + file);
            Files.createDirectories(target.getParent());
            Files.copy(file, target);
            assertThat(target.toFile().setExecutable(true, false)).isTrue();
        }
        Program.buildctl("--addr", daemon.unix(), "build")
                .with(context.flags())
                .with("--output", "type=image,push=true,name=" + registry.name("it/compiler"))
                .run()
                .succeeded();
    }

    /** What is "compiled" here is a script; what matters is where it comes from and goes to. */
    private static void repository(Path where, String component) throws IOException {
        Files.createDirectories(where);
        Files.writeString(where.resolve("program"), component + " of the tag\n");
        git(where, "init", "--quiet", "--initial-branch=master", ".");
        git(where, "add", "program");
        git(where, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", "one");
        git(where, "tag", "v1");
        Files.writeString(where.resolve("program"), component + " of the branch\n");
        git(where, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-am", "two");
    }

    private static void git(Path where, String... words) {
        Program.of("git").with(words).in(where).run().succeeded();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        repositories.descendants().forEach(ProcessHandle::destroy);
        repositories.destroy();
        repositories.waitFor();
        registry.close();
        daemon.close();
    }

    private Path definition(String example, Path input, String... flags) {
        Path file = folder.resolve(example + ".llb");
        Program.of("sh", "-c", "out=$1; shift; examples/llb/run \"$@\" > \"$out\"", "sh", file.toString(), example)
                .with(flags)
                .in(Program.top())
                .reading(input)
                .run()
                .succeeded();
        return file;
    }

    private Outcome build(Path definition, String... more) {
        return Program.buildctl("--addr", daemon.unix(), "build", "--progress=plain")
                .with("--output", "type=local,dest=" + folder.resolve("out"))
                .with(more)
                .reading(definition)
                .run()
                .succeeded();
    }

    private static String[] components(String... more) {
        String image = registry.name("it/compiler");
        List<String> flags = new ArrayList<>(List.of("--golang", image, "--alpine=" + image, "--prepare", ""));
        for (String component : COMPONENTS) {
            flags.addAll(List.of("--" + component, "v1"));
            flags.addAll(
                    List.of("--" + component + "-repository", "git://127.0.0.1:" + port + "/" + component + ".git"));
            flags.addAll(List.of("--" + component + "-build", "cp program $OUT/" + component));
        }
        return Stream.concat(flags.stream(), Arrays.stream(more)).toArray(String[]::new);
    }

    @ParameterizedTest
    @ValueSource(strings = {"BuildKit0", "BuildKit1", "BuildKit2"})
    void componentsAreBuiltFromTheirRepositories(String example) {
        build(definition(example, Path.of("/dev/null"), components()));

        assertThat(folder.resolve("out/bin/runc")).hasContent("runc of the tag\n");
        assertThat(folder.resolve("out/bin/containerd")).hasContent("containerd of the tag\n");
    }

    @Test
    void theTargetDecidesWhatIsBuilt() {
        build(definition("BuildKit1", Path.of("/dev/null"), components("--target=standalone")));

        assertThat(folder.resolve("out/bin/runc")).hasContent("runc of the tag\n");
        assertThat(folder.resolve("out/bin/containerd")).doesNotExist();
    }

    @Test
    void aComponentCanComeFromTheClient() throws IOException {
        Path source = Files.createDirectories(folder.resolve("source"));
        Files.writeString(source.resolve("program"), "buildkit of the client\n");

        build(
                definition("BuildKit3", Path.of("/dev/null"), components("--buildkit", "local", "--runc", "master")),
                "--local",
                "buildkit-src=" + source);

        assertThat(folder.resolve("out")).isDirectoryContaining("glob:**/buildkit");
        assertThat(folder.resolve("out/buildkit")).hasContent("buildkit of the client\n");
        assertThat(folder.resolve("out/runc")).hasContent("runc of the branch\n");
        assertThat(folder.resolve("out/containerd")).hasContent("containerd of the tag\n");
    }

    @Test
    void aStepWritesADefinitionThatIsBuilt() {
        Path definition = definition(
                "NestedLlb", Path.of("/dev/null"), "--image", registry.name("it/compiler"), "--message", "from within");
        Outcome built = build(definition);

        assertThat(folder.resolve("out/message")).hasContent("from within\n");
        assertThat(built.err()).contains("the build in the build");
    }

    @Test
    void aDockerfileBecomesADefinition() throws IOException {
        Path dockerfile = Files.writeString(folder.resolve("input"), """
                FROM %s AS wanted
                RUN echo wanted > /made
                FROM wanted AS unwanted
                RUN false
                """.formatted(registry.name("it/compiler")));

        build(definition("DockerfileToLlb", dockerfile, "--target", "wanted"));

        assertThat(folder.resolve("out/made")).hasContent("wanted\n");
    }

    @Test
    void anUnknownFlagIsNamed() {
        Outcome refused = Program.of("examples/llb/run", "BuildKit0", "--targt", "x")
                .in(Program.top())
                .run()
                .failed();

        assertThat(refused.err()).contains("--targt").contains("--target");
    }
}
