package io.buildkit4j.store.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.LinuxFault;
import io.buildkit4j.linux.Mounts;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.MountedTree;
import io.buildkit4j.store.PruneRule;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Snapshotter;
import io.buildkit4j.store.SpacePolicy;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.store.TreeWriter.Attributes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every way to show snapshots must do, whatever processes do in them. */
@Tag("root")
abstract class SnapshotterContract {
    private static final int SEEDS = Integer.getInteger("snapshots.seeds", 6);
    private static final long SEED = Long.getLong("snapshots.seed", System.nanoTime());
    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    private Path state;
    private Store store;

    abstract Snapshotter wanted();

    /** Readies the directory that the state is kept in. */
    void prepare(Path directory) {}

    void cleanUp(Path directory) {}

    @BeforeEach
    void open() throws IOException {
        state = Files.createDirectory(folder.resolve("state"));
        prepare(state);
        store = Store.open(state, SpacePolicy.NONE, wanted());
    }

    @AfterEach
    void close() {
        store.close();
        assertThat(Mounts.below(state.toString()))
                .allMatch(mount -> mount.path().equals(state.toString()));
        cleanUp(state);
        FileTree.remove(state.toString());
    }

    /** What a process does. */
    @FunctionalInterface
    interface Work {
        void run(Path root) throws IOException, InterruptedException;
    }

    private Ref made(Ref parent, Work work) throws IOException, InterruptedException {
        try (ActiveRef active = store.begin(parent, RefDescription.regular("made"))) {
            try (MountedTree mount = active.mount()) {
                work.run(mount.path());
            }
            return active.commit();
        }
    }

    private Map<String, String> seen(Ref ref) throws InterruptedException {
        try (MountedTree mount = ref.mountReadOnly()) {
            return new TreeMap<>(Model.described(mount.path()));
        }
    }

    private static void text(Path file, String text) throws IOException {
        Files.writeString(file, text);
    }

    @Test
    void anyChangesAreSeenByWhateverLooks() throws IOException, InterruptedException {
        for (int round = 0; round < SEEDS; round++) {
            long seed = SEED + round;
            Path model = Files.createDirectory(folder.resolve("model" + round));
            Ref ref = store.scratch();
            for (int layer = 0; layer < 4; layer++) {
                long changes = seed * 10 + layer;
                Ref next = made(ref, root -> new Model(changes).change(root, 25));
                ref.close();
                ref = next;
                new Model(changes).change(model, 25);
                assertThat(seen(ref)).as("seed %d, layer %d", seed, layer).isEqualTo(Model.described(model));
                TreeReader shown = ref.tree();
                Model.described(model)
                        .keySet()
                        .forEach(path -> assertThat(shown.find("/" + path, false))
                                .as(path)
                                .isPresent());
            }
            ref.close();
        }
    }

    @Test
    void filesOfEveryKindKeepWhatTheyAre() throws IOException, InterruptedException {
        try (Ref scratch = store.scratch();
                Ref ref = made(scratch, root -> {
                    text(root.resolve("file"), "text");
                    HostFiles.setOwner(root.resolve("file").toString(), 7, 8);
                    HostFiles.setMode(root.resolve("file").toString(), 04755);
                    HostFiles.setAttribute(
                            root.resolve("file").toString(), "trusted.own", "x".getBytes(StandardCharsets.US_ASCII));
                    HostFiles.setModified(root.resolve("file").toString(), -5_000_000_001L);
                    HostFiles.makeHardLink(
                            root.resolve("second").toString(),
                            root.resolve("file").toString());
                    HostFiles.makeNode(root.resolve("null").toString(), 0020666, FileStatus.device(1, 3));
                    HostFiles.makeNode(root.resolve("fifo").toString(), 0010600, 0);
                    HostFiles.makeLink(root.resolve("link").toString(), "nowhere");
                });
                Ref above = made(ref, root -> text(root.resolve("other"), "other"));
                MountedTree mount = above.mountReadOnly()) {
            FileStatus file = HostFiles.status(mount.path().resolve("file").toString());
            assertThat(file.mode() & 07777).isEqualTo(04755);
            assertThat(file.uid()).isEqualTo(7);
            assertThat(file.modified()).isEqualTo(-5_000_000_001L);
            assertThat(HostFiles.attribute(mount.path().resolve("file").toString(), "trusted.own"))
                    .isPresent();
            assertThat(HostFiles.status(mount.path().resolve("second").toString())
                            .inode())
                    .isEqualTo(file.inode());
            assertThat(HostFiles.status(mount.path().resolve("null").toString()).device())
                    .isEqualTo(FileStatus.device(1, 3));
            assertThat(HostFiles.readLink(mount.path().resolve("link").toString()))
                    .isEqualTo("nowhere");
            assertThatThrownBy(
                            () -> HostFiles.remove(mount.path().resolve("file").toString()))
                    .isInstanceOf(LinuxFault.class);
            assertThat(above.tree().find("/second", false).orElseThrow().xattrs())
                    .containsKey("trusted.own");
        }
    }

    @Test
    void whatIsNotChangedCostsNothing() throws IOException, InterruptedException {
        try (Ref scratch = store.scratch();
                Ref large = made(scratch, root -> {
                    Files.createDirectory(root.resolve("d"));
                    Files.write(root.resolve("d/large"), new byte[4 * MIB]);
                    Files.write(root.resolve("d/second"), new byte[4 * MIB]);
                });
                Ref small = made(large, root -> {
                    text(root.resolve("d/small"), "small");
                    HostFiles.setModified(root.resolve("d").toString(), 1_000_000_000L);
                })) {
            assertThat(large.usage().size()).isBetween(8L * MIB, 9L * MIB);
            assertThat(small.usage().size()).isLessThan(64 * 1024);
            assertThat(small.tree().find("/d", false).orElseThrow().modified()).isEqualTo(1_000_000_000L);
            assertThat(state.resolve("snapshots/" + small.id() + "/fs/d"))
                    .isDirectoryNotContaining("glob:**large")
                    .isDirectoryContaining("glob:**small");
        }
    }

    @Test
    void whatIsReplacedShowsNothingOfWhatWasThere() throws IOException, InterruptedException {
        try (Ref scratch = store.scratch();
                Ref base = made(scratch, root -> {
                    Files.createDirectories(root.resolve("a/b"));
                    text(root.resolve("a/b/old"), "old");
                    text(root.resolve("a/gone"), "gone");
                    Files.createDirectories(root.resolve("becomes-file/x"));
                    text(root.resolve("becomes-directory"), "file");
                });
                Ref changed = made(base, root -> {
                    FileTree.remove(root.resolve("a/b").toString());
                    Files.createDirectory(root.resolve("a/b"));
                    text(root.resolve("a/b/new"), "new");
                    Files.delete(root.resolve("a/gone"));
                    FileTree.remove(root.resolve("becomes-file").toString());
                    text(root.resolve("becomes-file"), "file");
                    Files.delete(root.resolve("becomes-directory"));
                    Files.createDirectory(root.resolve("becomes-directory"));
                });
                Ref above = made(
                        changed,
                        root -> assertThat(Model.described(root).keySet())
                                .containsExactly("a", "a/b", "a/b/new", "becomes-directory", "becomes-file"))) {
            assertThat(seen(above).keySet())
                    .containsExactly("a", "a/b", "a/b/new", "becomes-directory", "becomes-file");
        }
    }

    @Test
    void mergesAndDifferencesAreShown() throws IOException, InterruptedException {
        try (Ref scratch = store.scratch();
                Ref base = made(scratch, root -> {
                    text(root.resolve("base"), "base");
                    text(root.resolve("removed"), "x");
                });
                Ref upper = made(base, root -> {
                    text(root.resolve("upper"), "upper");
                    Files.delete(root.resolve("removed"));
                });
                Ref other = made(scratch, root -> {
                    text(root.resolve("other"), "other");
                    text(root.resolve("removed"), "of other");
                });
                Ref difference = store.diff(base, upper, RefDescription.regular("diff"));
                Ref merged = store.merge(List.of(other, difference), RefDescription.regular("merge"));
                Ref written = made(merged, root -> text(root.resolve("own"), "own"))) {
            assertThat(seen(difference).keySet()).containsExactly("upper");
            assertThat(seen(merged).keySet()).containsExactly("other", "upper");
            assertThat(seen(written).keySet()).containsExactly("other", "own", "upper");
        }
    }

    @Test
    void mountsAndTheTreeMayTakeTurns() throws IOException, InterruptedException {
        try (Ref scratch = store.scratch();
                ActiveRef active = store.begin(scratch, RefDescription.regular("turns"))) {
            write(active, "/one", "1");
            try (MountedTree mount = active.mount()) {
                assertThat(mount.path().resolve("one")).hasContent("1");
                text(mount.path().resolve("two"), "2");
            }
            assertThat(active.tree().find("/two", false)).isPresent();
            active.tree().remove("/one");
            write(active, "/three", "3");
            try (MountedTree mount = active.mount()) {
                assertThat(mount.path().toFile().list()).containsExactlyInAnyOrder("two", "three");
                Files.delete(mount.path().resolve("two"));
            }
            try (Ref ref = active.commit()) {
                assertThat(seen(ref).keySet()).containsExactly("three");
            }
        }
    }

    private static void write(ActiveRef active, String path, String text) throws IOException {
        try (OutputStream out = active.tree().writeFile(path, new Attributes(0644, 0, 0, 1, Map.of()))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void whatIsNotCommittedLeavesNothing() throws IOException, InterruptedException {
        try (Ref scratch = store.scratch();
                Ref base = made(scratch, root -> Files.write(root.resolve("file"), new byte[MIB]))) {
            try (ActiveRef active = store.begin(base, RefDescription.regular("given up"))) {
                MountedTree mount = active.mount();
                Files.write(mount.path().resolve("lost"), new byte[MIB]);
                assertThat(store.usage()).anyMatch(record -> record.mutable() && record.inUse());
            }
            assertThat(state.resolve("snapshots").toFile().list()).containsExactlyInAnyOrder("empty", base.id());
            assertThat(seen(base).keySet()).containsExactly("file");
        }
        store.prune(PruneRule.everything("all"), gone -> {});
        assertThat(state.resolve("snapshots").toFile().list()).containsExactly("empty");
        assertThat(state.resolve("mounts")).isEmptyDirectory();
    }

    @Test
    void whatACrashLeftIsRemoved() throws IOException, InterruptedException {
        String id;
        try (Ref scratch = store.scratch();
                Ref base = made(scratch, root -> text(root.resolve("file"), "text"))) {
            id = base.id();
        }
        store.close();
        Files.createDirectories(state.resolve("snapshots/orphan/copy/etc"));
        Files.createDirectories(state.resolve("snapshots/" + id + "/copy"));
        Files.createDirectories(state.resolve("mounts/7"));
        Files.createLink(state.resolve("mounts/7/linked"), state.resolve("snapshots/" + id + "/fs/file"));
        Mounts.bindReadOnly(
                state.resolve("mounts/7").toString(), state.resolve("mounts/7").toString());
        store = Store.open(state, SpacePolicy.NONE, wanted());
        assertThat(state.resolve("snapshots/orphan")).doesNotExist();
        assertThat(state.resolve("mounts")).isEmptyDirectory();
        try (Ref found = store.find(id).orElseThrow()) {
            assertThat(seen(found).keySet()).containsExactly("file");
        }
    }

    @Test
    void aCapCountsWhatProcessesWrite() throws IOException {
        store.close();
        store = Store.open(state, new SpacePolicy(List.of(), 60L * MIB), wanted());
        assertThatThrownBy(() -> store.withRoom(() -> {
                    try (Ref scratch = store.scratch()) {
                        return made(scratch, root -> {
                            for (int i = 0; i < 200; i++) {
                                Files.write(root.resolve("f" + i), new byte[MIB]);
                                Thread.sleep(4);
                            }
                        });
                    } catch (IOException failed) {
                        if (Thread.interrupted()) {
                            throw new InterruptedException("stopped");
                        }
                        throw new IllegalStateException(failed);
                    }
                }))
                .isInstanceOf(StoreFault.class)
                .hasMessageContaining("maxUsedSpace");
        assertThat(store.usage()).isEmpty();
    }
}
