package io.buildkit4j.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Layout;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.spine.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docker buildx build} takes a build's files from: its standard input, and image layouts. */
@Tag("root")
class BuildxContextsTest {
    @TempDir
    static Path shared;

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
        daemon.close();
    }

    private void build(Path input) {
        buildx.program("build", "--output=" + folder.resolve("out"), "-")
                .reading(input)
                .run()
                .succeeded();
    }

    @Test
    void anArchiveOnStandardInputIsTheContext() {
        Context context = new Context(folder.resolve("context"))
                .dockerfile("FROM scratch\nCOPY f sub /\n")
                .file("f", "one")
                .file("sub/g", "two");
        Path archive = folder.resolve("context.tgz");
        Program.of("tar", "-C", context.folder().toString(), "-czf", archive.toString(), ".")
                .run()
                .succeeded();
        build(archive);
        assertThat(folder.resolve("out/f")).hasContent("one");
        assertThat(folder.resolve("out/g")).hasContent("two");
    }

    @Test
    void aDockerfileOnStandardInputHasNoContext() throws IOException {
        build(Files.writeString(folder.resolve("file"), "FROM scratch\nCOPY <<EOF /g\nhello\nEOF\n"));
        assertThat(folder.resolve("out/g")).hasContent("hello\n");
    }

    @Test
    void anImageLayoutStandsForAnImage() {
        Layout layout = Layout.make(folder.resolve("layout"), "for buildx");
        Context context = new Context(folder.resolve("context"))
                .dockerfile("FROM given\nRUN test \"$KEPT\" = yes && cp /kept /copied\n");
        buildx.run(
                        "build",
                        "--build-context=given=oci-layout://" + layout.folder(),
                        "--output=" + folder.resolve("out"),
                        context.folder().toString())
                .succeeded();
        assertThat(folder.resolve("out/copied")).hasContent("for buildx");
    }
}
