package io.buildkit4j.it.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Layout;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.it.spine.Context;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.llb.State;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contexts that lie elsewhere: a git repository and files behind a web server of this machine. */
@Tag("root")
class ContextsTest {
    @TempDir
    static Path shared;

    private static Daemon daemon;
    private static HttpServer server;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws IOException {
        daemon = Daemon.start(Files.createDirectories(shared.resolve("daemon")));
        Path site = Files.createDirectories(shared.resolve("site"));
        Path work = shared.resolve("work");
        Files.createDirectories(work.resolve("sub"));
        Files.writeString(work.resolve("Dockerfile"), "FROM scratch\nCOPY f /top\n");
        Files.writeString(work.resolve("f"), "top");
        Files.writeString(work.resolve("sub/Dockerfile"), "FROM scratch\nCOPY f /out\n");
        Files.writeString(work.resolve("sub/f"), "below");
        git(work, "init", "--quiet", "--initial-branch=main", ".");
        git(work, "add", ".");
        git(work, "-c", "user.name=it", "-c", "user.email=it@it", "commit", "--quiet", "-m", "one");
        git(work, "tag", "v1");
        git(work, "clone", "--quiet", "--bare", ".", site.resolve("r.git").toString());
        git(site.resolve("r.git"), "update-server-info");
        Program.of("tar", "-C", work.toString(), "-czf", site.resolve("c.tgz").toString(), "Dockerfile", "f", "sub")
                .run()
                .succeeded();
        Files.writeString(site.resolve("bare"), "FROM scratch\nCOPY context /self\n");
        server = SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), site, SimpleFileServer.OutputLevel.NONE);
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop(0);
        daemon.close();
    }

    private static void git(Path directory, String... words) {
        Program.of("git", "-C", directory.toString())
                .with(words)
                .set("GIT_COMMITTER_DATE", "2001-02-03T04:05:06Z")
                .set("GIT_AUTHOR_DATE", "2001-02-03T04:05:06Z")
                .run()
                .succeeded();
    }

    private static String address(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + path;
    }

    private Outcome build(String... more) {
        List<String> words = new ArrayList<>(List.of(
                "--addr",
                daemon.unix(),
                "build",
                "--progress=plain",
                "--frontend",
                "dockerfile.v0",
                "--output",
                "type=local,dest=" + folder.resolve("out")));
        words.addAll(List.of(more));
        return Program.buildctl(words.toArray(String[]::new)).run();
    }

    @Test
    void aRepositoryIsAContext() {
        build("--opt", "context=" + address("r.git#main:sub")).succeeded();
        assertThat(folder.resolve("out/out")).hasContent("below");
        build("--opt", "context=" + address("r.git?tag=v1")).succeeded();
        assertThat(folder.resolve("out/top")).hasContent("top");
    }

    @Test
    void theTimeOfACommitIsTheTimeOfEverything() throws IOException {
        build("--opt", "context=" + address("r.git#main"), "--opt", "build-arg:SOURCE_DATE_EPOCH=context")
                .succeeded();
        assertThat(Files.getLastModifiedTime(folder.resolve("out/top")).toString())
                .isEqualTo("2001-02-03T04:05:06Z");
    }

    @Test
    void anArchiveIsAContextAndSoIsADirectoryOfIt() {
        build("--opt", "context=" + address("c.tgz")).succeeded();
        assertThat(folder.resolve("out/top")).hasContent("top");
        build("--opt", "context=" + address("c.tgz"), "--opt", "contextsubdir=sub")
                .succeeded();
        assertThat(folder.resolve("out/top")).hasContent("below");
    }

    @Test
    void aBareDockerfileIsAContext() {
        build("--opt", "context=" + address("bare")).succeeded();
        assertThat(folder.resolve("out/self")).hasContent("FROM scratch\nCOPY context /self\n");
    }

    @Test
    void namedContextsStandForStagesAndImages() {
        Context context = new Context(folder.resolve("context")).dockerfile("""
                FROM nowhere.invalid/image AS made
                RUN false
                FROM other
                COPY --from=repository sub/f /from-git
                COPY --from=made f /from-stage
                """);
        Context other = new Context(folder.resolve("other"))
                .file("kept", "k")
                .file("left", "l")
                .file(".dockerignore", "left\nbusybox\n");
        List<String> words = new ArrayList<>(List.of(context.flags()));
        words.addAll(List.of(
                "--local", "mine=" + other.folder(),
                "--opt", "context:other=local:mine",
                "--opt", "context:repository=" + address("r.git#v1"),
                "--opt", "context:made=" + address("r.git#v1:sub")));
        build(words.toArray(String[]::new)).succeeded();
        assertThat(folder.resolve("out/kept")).hasContent("k");
        assertThat(folder.resolve("out/left")).doesNotExist();
        assertThat(folder.resolve("out/from-git")).hasContent("below");
        assertThat(folder.resolve("out/from-stage")).hasContent("below");
    }

    @Test
    void anImageLayoutOfTheClientStandsForAnImage() {
        Layout layout = Layout.make(folder.resolve("layout"), "from the layout");
        Context context = new Context(folder.resolve("context")).dockerfile("""
                FROM given AS made
                RUN test "$KEPT" = yes && cp /kept /copied
                FROM scratch
                COPY --from=made /copied /
                COPY --from=given /kept /
                """);
        List<String> words = new ArrayList<>(List.of(context.flags()));
        words.addAll(List.of(
                "--oci-layout", "images=" + layout.folder(),
                "--opt", "context:given=oci-layout://images@" + layout.digest()));
        build(words.toArray(String[]::new)).succeeded();
        assertThat(folder.resolve("out/copied")).hasContent("from the layout");
        assertThat(folder.resolve("out/kept")).hasContent("from the layout");
        assertThat(build(words.toArray(String[]::new)).succeeded().err()).contains("CACHED");
    }

    @Test
    void whatAnImageLayoutHasNotIsNamed() {
        Layout layout = Layout.make(folder.resolve("layout"), "x");
        Context context = new Context(folder.resolve("context")).dockerfile("FROM given\n");
        String absent = "sha256:" + "ab".repeat(32);
        List<String> words = new ArrayList<>(List.of(context.flags()));
        words.addAll(List.of("--opt", "context:given=oci-layout://images@" + absent));
        assertThat(build(words.toArray(String[]::new)).failed().err()).contains("does not offer content stores");
        words.addAll(List.of("--oci-layout", "images=" + layout.folder()));
        assertThat(build(words.toArray(String[]::new)).failed().err())
                .contains("the client's image layout images has no content " + absent)
                .contains("Dockerfile:1");
        words.addAll(List.of("--oci-layout", "other=" + folder));
        assertThat(build(words.toArray(String[]::new)).failed().err()).contains("is no image layout");
    }

    @Test
    void aDefinitionMayBeginWithAnImageLayout() throws IOException {
        Layout layout = Layout.make(folder.resolve("layout"), "by definition");
        State image = Sources.state(Sources.ociLayout("any/name@" + layout.digest(), "images"));
        Path definition =
                Files.write(folder.resolve("definition"), image.marshal().encode());
        Program.buildctl(
                        "--addr",
                        daemon.unix(),
                        "build",
                        "--oci-layout",
                        "images=" + layout.folder(),
                        "--output",
                        "type=local,dest=" + folder.resolve("out"))
                .reading(definition)
                .run()
                .succeeded();
        assertThat(folder.resolve("out/kept")).hasContent("by definition");
    }
}
