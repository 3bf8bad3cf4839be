package io.buildkit4j.worker.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.image.Digest;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.llb.FileAction;
import io.buildkit4j.llb.FileAction.Account;
import io.buildkit4j.llb.FileAction.ActionFrame;
import io.buildkit4j.llb.FileAction.Copy;
import io.buildkit4j.llb.FileAction.CopyTraits;
import io.buildkit4j.llb.FileAction.MakeDirectory;
import io.buildkit4j.llb.FileAction.MakeFile;
import io.buildkit4j.llb.FileAction.Owner;
import io.buildkit4j.llb.FileAction.Remove;
import io.buildkit4j.llb.FileAction.Symlink;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.OpFrame;
import io.buildkit4j.llb.OpInput;
import io.buildkit4j.store.ContentQuery;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.worker.WorkerFault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class FileOperationTest {
    private static final CopyTraits PLAIN = new CopyTraits(false, true, false, true, true, false, false);
    private static final Optional<Owner> NOBODY = Optional.empty();

    private Path directory = Path.of("/");
    private Store store;
    private final List<Ref> refs = new ArrayList<>();

    @BeforeEach
    void make() throws IOException {
        directory = Files.createTempDirectory("fileop");
        store = Store.open(directory.resolve("state"));
    }

    @AfterEach
    void remove() {
        refs.forEach(Ref::close);
        store.close();
        FileTree.remove(directory.toString());
    }

    private List<Ref> run(List<Ref> inputs, FileAction... actions) throws InterruptedException {
        List<Ref> outputs = new FileOperation(op(inputs.size(), actions), store, "test").run(inputs);
        refs.addAll(outputs);
        return outputs;
    }

    private static Op.File op(int inputs, FileAction... actions) {
        List<OpInput> given = new ArrayList<>();
        for (int i = 0; i < inputs; i++) {
            given.add(new OpInput(Digest.ofText("input " + i), 0));
        }
        return new Op.File(OpFrame.of(given), List.of(actions));
    }

    private static MakeFile file(ActionFrame frame, String path, String text) {
        return new MakeFile(frame, path, 0644, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), NOBODY, -1);
    }

    private static MakeDirectory directory(ActionFrame frame, String path) {
        return new MakeDirectory(frame, path, 0755, true, NOBODY, -1);
    }

    private static ActionFrame frame(int input, int secondary, int output) {
        return new ActionFrame(input, secondary, output);
    }

    private static Copy copy(ActionFrame frame, String from, String to, CopyTraits traits) {
        return new Copy(frame, from, to, NOBODY, -1, "", traits, -1, List.of(), List.of(), List.of());
    }

    private static String read(Ref ref, String path) throws IOException, InterruptedException {
        TreeEntry entry = ref.tree().find(path, true).orElseThrow();
        try (InputStream in = ref.tree().open(entry)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<String> names(Ref ref, String path) throws InterruptedException {
        return ref.tree().list(path).stream().map(TreeEntry::name).toList();
    }

    private Ref sources() throws InterruptedException {
        return run(
                        List.of(),
                        directory(frame(-1, -1, -1), "/src/sub"),
                        file(frame(0, -1, -1), "/src/a.c", "a"),
                        file(frame(1, -1, -1), "/src/b.h", "b"),
                        file(frame(2, -1, -1), "/src/sub/c.c", "c"),
                        new Symlink(frame(3, -1, -1), "../../../../../etc", "/src/out", NOBODY, -1),
                        file(frame(4, -1, 0), "/etc-passwd", "x"))
                .getFirst();
    }

    @Test
    void actionsShareOneSnapshot() throws IOException, InterruptedException {
        Ref made = sources();
        assertThat(names(made, "/")).containsExactly("etc-passwd", "src");
        assertThat(names(made, "/src")).containsExactly("a.c", "b.h", "out", "sub");
        assertThat(made.usage().parents()).hasSizeLessThanOrEqualTo(1);
        assertThat(read(made, "/src/sub/c.c")).isEqualTo("c");
    }

    @Test
    void copiesDirectoriesFilesAndWildcards() throws IOException, InterruptedException {
        Ref from = sources();
        Ref merged = run(
                        List.of(from),
                        file(frame(-1, -1, -1), "/old", "old"),
                        copy(frame(1, 0, -1), "/src", "/", PLAIN),
                        copy(frame(2, 0, -1), "/src/*.c", "/only/", PLAIN),
                        copy(frame(3, 0, 0), "/src/a.c", "/renamed", PLAIN))
                .getFirst();
        assertThat(names(merged, "/")).containsExactly("a.c", "b.h", "old", "only", "out", "renamed", "sub");
        assertThat(names(merged, "/only")).containsExactly("a.c");
        assertThat(read(merged, "/renamed")).isEqualTo("a");
        CopyTraits itself = new CopyTraits(false, false, false, true, false, false, false);
        Ref nested = run(
                        List.of(from),
                        copy(frame(-1, 0, -1), "/src", "/dest/", itself),
                        copy(frame(1, 0, 0), "/src", "/other", itself))
                .getFirst();
        assertThat(names(nested, "/dest")).containsExactly("src");
        assertThat(names(nested, "/other")).contains("a.c");
    }

    @Test
    void patternsSelect() throws InterruptedException {
        Ref from = sources();
        Copy only = new Copy(
                frame(-1, 0, 0),
                "/src",
                "/x",
                NOBODY,
                0600,
                "",
                PLAIN,
                7_000_000_000L,
                List.of("**/*.c"),
                List.of("a*"),
                List.of());
        Ref made = run(List.of(from), only).getFirst();
        assertThat(names(made, "/x")).containsExactly("sub");
        TreeEntry entry = made.tree().find("/x/sub/c.c", false).orElseThrow();
        assertThat(entry.mode() & 07777).isEqualTo(0600);
        assertThat(entry.modified()).isEqualTo(7_000_000_000L);
    }

    @Test
    void ownersByNameAndSymbolicModes() throws InterruptedException {
        Ref from = run(
                        List.of(),
                        directory(frame(-1, -1, -1), "/etc"),
                        file(frame(0, -1, -1), "/etc/passwd", "root:x:0:0::/:\nbob:x:1000:1001::/:\n"),
                        file(frame(1, -1, 0), "/etc/group", "staff:x:50:\n"))
                .getFirst();
        Owner owner = new Owner(Optional.of(new Account.Named("bob", 0)), Optional.of(new Account.Named("staff", 0)));
        Copy copy = new Copy(
                frame(-1, 0, 0),
                "/etc/passwd",
                "/p",
                Optional.of(owner),
                -1,
                "u+x,go-r",
                PLAIN,
                -1,
                List.of(),
                List.of(),
                List.of());
        TreeEntry entry =
                run(List.of(from), copy).getFirst().tree().find("/p", false).orElseThrow();
        assertThat(entry.uid()).isEqualTo(1000);
        assertThat(entry.gid()).isEqualTo(50);
        assertThat(entry.mode() & 07777).isEqualTo(0700);
        Owner unknown = new Owner(Optional.of(new Account.Named("eve", 0)), Optional.empty());
        assertThatThrownBy(() -> run(
                        List.of(from),
                        new MakeDirectory(frame(-1, -1, 0), "/d", 0755, false, Optional.of(unknown), -1)))
                .hasMessageContaining("\"eve\" is not in /etc/passwd");
    }

    @Test
    void whatIsMissingIsNamed() throws InterruptedException {
        Ref from = sources();
        assertThatThrownBy(() -> run(List.of(from), copy(frame(-1, 0, 0), "/missing", "/", PLAIN)))
                .isInstanceOf(WorkerFault.class)
                .hasMessage("\"/missing\": not found");
        assertThatThrownBy(() -> run(List.of(from), copy(frame(-1, 0, 0), "*.zip", "/", PLAIN)))
                .hasMessage("\"/*.zip\": not found");
        assertThatThrownBy(() -> run(List.of(from), new Remove(frame(0, -1, 0), "/missing", false, false)))
                .hasMessage("\"/missing\": not found");
        run(List.of(from), new Remove(frame(0, -1, 0), "/missing", true, false));
        assertThatThrownBy(() -> run(List.of(), new MakeDirectory(frame(-1, -1, 0), "/a/b", 0755, false, NOBODY, -1)))
                .hasMessageContaining("not found");
        assertThat(store.usage()).noneMatch(record -> record.mutable());
    }

    @Test
    void removesWithWildcardsAndNeverLeavesTheRoot() throws InterruptedException {
        Ref from = sources();
        Ref less = run(List.of(from), new Remove(frame(0, -1, 0), "/src/*.c", false, true))
                .getFirst();
        assertThat(names(less, "/src")).containsExactly("b.h", "out", "sub");
        assertThat(Path.of("/etc/passwd")).exists();
        Ref through = run(
                        List.of(from),
                        directory(frame(0, -1, -1), "/src/out/made"),
                        file(frame(1, -1, -1), "/src/out/made/inside", "x"),
                        new Remove(frame(2, -1, 0), "/src/out", false, false))
                .getFirst();
        assertThat(names(through, "/etc")).containsExactly("made");
        assertThat(Path.of("/etc/made")).doesNotExist();
    }

    @Test
    void severalOutputsAndEarlierResults() throws IOException, InterruptedException {
        List<Ref> made = run(
                List.of(),
                file(frame(-1, -1, 0), "/a", "first"),
                file(frame(0, -1, 1), "/b", "second"),
                copy(frame(-1, 1, 2), "/b", "/c", PLAIN));
        assertThat(made).hasSize(3);
        assertThat(names(made.get(0), "/")).containsExactly("a");
        assertThat(names(made.get(1), "/")).containsExactly("a", "b");
        assertThat(read(made.get(2), "/c")).isEqualTo("second");
    }

    @Test
    void unpacksArchivesByTheirContent() throws IOException, InterruptedException {
        Path work = Files.createDirectories(directory.resolve("work/in/dir"));
        Files.writeString(work.resolve("file"), "packed");
        Files.createSymbolicLink(work.resolve("link"), Path.of("file"));
        Files.createLink(work.resolve("hard"), work.resolve("file"));
        CopyTraits unpack = new CopyTraits(true, true, true, true, true, false, false);
        for (String method : List.of("", "z", "j", "J")) {
            Process tar = new ProcessBuilder(
                            "tar",
                            "-c" + method + "f",
                            "-",
                            "-C",
                            directory.resolve("work/in").toString(),
                            "dir")
                    .start();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            tar.getInputStream().transferTo(bytes);
            MakeFile archive =
                    new MakeFile(frame(-1, -1, 0), "/archive", 0644, ByteBuffer.wrap(bytes.toByteArray()), NOBODY, -1);
            Ref packed = run(List.of(), archive).getFirst();
            Ref made = run(List.of(packed), copy(frame(-1, 0, 0), "/archive", "/opt", unpack))
                    .getFirst();
            assertThat(names(made, "/opt/dir")).as(method).containsExactly("file", "hard", "link");
            assertThat(read(made, "/opt/dir/link")).isEqualTo("packed");
            assertThat(made.tree().find("/opt/dir/hard", false).orElseThrow().links())
                    .isEqualTo(2);
        }
    }

    @Test
    void contentKeysAreWhatIsCopied() {
        Op.File op = op(2, copy(frame(0, 1, -1), "src/../a*", "/", PLAIN), file(frame(2, -1, 0), "/x", "x"));
        assertThat(FileOperation.contentQueries(op))
                .containsExactly(
                        Optional.empty(),
                        Optional.of(List.of(new ContentQuery("/a*", false, true, List.of(), List.of()))));
    }
}
