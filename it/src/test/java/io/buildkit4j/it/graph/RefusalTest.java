package io.buildkit4j.it.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Definitions that are no graph, and a state directory that another daemon has. */
@Tag("root")
@Timeout(120)
class RefusalTest {
    @TempDir
    static Path shared;

    private static Daemon daemon;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        daemon = Daemon.start(shared);
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    private Outcome build(byte[] definition) throws IOException {
        Path file = Files.write(folder.resolve("definition"), definition);
        return Program.buildctl("--addr", daemon.unix(), "build", "--progress=plain")
                .reading(file)
                .run();
    }

    /** A chain of three steps, whose last entry is the terminal one. */
    private static List<byte[]> entries() {
        State state = State.scratch();
        for (String name : List.of("/a", "/b", "/c")) {
            state = state.file(
                    FileSteps.begin().makeFile(name, 0644, name.getBytes(StandardCharsets.UTF_8)), StepNote.plain());
        }
        return new ArrayList<>(
                state.marshal().entries().stream().map(Definition.Entry::bytes).toList());
    }

    /** The message {@code pb.Definition} with these ops in field 1, whatever they are. */
    private static byte[] message(List<byte[]> ops) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] op : ops) {
            out.write((1 << 3) | 2);
            for (int left = op.length; ; left >>>= 7) {
                out.write(left > 127 ? (left & 127) | 128 : left);
                if (left <= 127) {
                    break;
                }
            }
            out.write(op);
        }
        return out.toByteArray();
    }

    @Test
    void aGraphIsBuilt() throws IOException {
        assertThat(build(message(entries())).succeeded().exit()).isZero();
    }

    @Test
    void anInputThatIsNotThereIsNamed() throws IOException {
        List<byte[]> dangling = entries();
        dangling.removeFirst();
        assertThat(build(message(dangling)).failed().err()).contains("which is not in the definition");
    }

    @Test
    void anOpThatIsThereTwiceIsNamed() throws IOException {
        List<byte[]> doubled = entries();
        doubled.addFirst(doubled.getFirst());
        assertThat(build(message(doubled)).failed().err()).contains("entries 0 and 1 are the same op");
    }

    @Test
    void aGraphWithoutAnEndIsRefused() throws IOException {
        List<byte[]> endless = entries();
        endless.removeLast();
        assertThat(build(message(endless)).failed().err()).contains("invalid definition");
    }

    @Test
    void whatIsTooLargeOrNoDefinitionIsRefused() throws IOException {
        assertThat(build(new byte[100 << 20]).failed().err()).isNotBlank();
        List<byte[]> large = entries();
        large.addFirst(new byte[65 << 20]);
        assertThat(build(message(large)).failed().err()).isNotBlank();
    }

    @Test
    void aSecondDaemonOnTheSameDirectoryIsToldWhoHasIt() {
        Outcome second = Program.of(Program.top().resolve("bin/buildd").toString())
                .with("--root", daemon.root().toString(), "--addr", "unix://" + folder.resolve("second.sock"))
                .run()
                .failed();
        assertThat(second.err()).contains(Long.toString(daemon.pid()));
        assertThat(folder.resolve("second.sock")).doesNotExist();
    }
}
