package io.buildkit4j.store.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.MountPoint;
import io.buildkit4j.linux.Mounts;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.MountedTree;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TransferListener;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.store.UsageRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class DiskStoreTest {
    private static final RefDescription STEP = RefDescription.regular("step");

    @TempDir
    Path directory;

    private Store store;

    @BeforeEach
    void open() {
        store = Store.open(directory);
    }

    @AfterEach
    void nothingStaysMounted() {
        store.close();
        List<MountPoint> left = Mounts.below(directory.toString());
        left.forEach(mount -> Mounts.detach(mount.path()));
        FileTree.remove(directory.resolve("snapshots").toString());
        assertThat(left).isEmpty();
    }

    private void reopen() {
        store.close();
        store = Store.open(directory);
    }

    private static TreeWriter.Attributes mode(int mode) {
        return new TreeWriter.Attributes(mode, 0, 0, 1_000_000_007L, Map.of());
    }

    private static void write(TreeWriter tree, String path, String text) throws IOException {
        try (OutputStream out = tree.writeFile(path, mode(0644))) {
            out.write(text.getBytes(UTF_8));
        }
    }

    private static String read(TreeReader tree, String path) throws IOException {
        TreeEntry entry = tree.find(path, true).orElseThrow();
        try (InputStream in = tree.open(entry)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private Ref fileOver(Ref parent, String path, String text) throws IOException, InterruptedException {
        try (ActiveRef active = store.begin(parent, STEP)) {
            write(active.tree(), path, text);
            return active.commit();
        }
    }

    // ---- snapshots

    @Test
    void whatWasCommittedIsThereAfterReopening() throws IOException, InterruptedException {
        String id;
        try (Ref scratch = store.scratch();
                Ref first = fileOver(scratch, "/a", "1");
                Ref second = fileOver(first, "/b", "2")) {
            id = second.id();
            assertThat(read(second.tree(), "/a")).isEqualTo("1");
        }
        reopen();
        try (Ref found = store.find(id).orElseThrow()) {
            assertThat(read(found.tree(), "/a")).isEqualTo("1");
            assertThat(read(found.tree(), "/b")).isEqualTo("2");
        }
        assertThat(store.usage()).hasSize(2).noneMatch(UsageRecord::inUse);
    }

    @Test
    void mountsShowTheStackAndKeepChanges() throws IOException, InterruptedException {
        try (Ref scratch = store.scratch();
                Ref first = fileOver(scratch, "/a", "1");
                ActiveRef active = store.begin(first, STEP)) {
            try (MountedTree mount = active.mount()) {
                assertThat(mount.path().resolve("a")).hasContent("1");
                Files.delete(mount.path().resolve("a"));
                Files.writeString(mount.path().resolve("c"), "3");
            }
            write(active.tree(), "/d", "4");
            try (Ref second = active.commit();
                    MountedTree mount = second.mountReadOnly()) {
                assertThat(mount.path().resolve("a")).doesNotExist();
                assertThat(mount.path().resolve("c")).hasContent("3");
                assertThat(mount.path().resolve("d")).hasContent("4");
                assertThatThrownBy(() -> Files.writeString(mount.path().resolve("e"), "5"))
                        .isInstanceOf(IOException.class);
                assertThat(second.tree().find("/a", false)).isEmpty();
            }
        }
    }

    @Test
    void scratchIsEmptyAndCanBeMounted() throws InterruptedException {
        try (Ref scratch = store.scratch();
                MountedTree mount = scratch.mountReadOnly()) {
            assertThat(mount.path()).isEmptyDirectory();
            assertThat(scratch.tree().list("/")).isEmpty();
        }
    }

    @Test
    void anAbandonedSnapshotLeavesNothing() throws IOException, InterruptedException {
        try (Ref scratch = store.scratch();
                ActiveRef active = store.begin(scratch, STEP)) {
            write(active.tree(), "/a", "1");
            active.mount();
        }
        assertThat(directory.resolve("snapshots").toFile().list()).containsExactly("empty");
        assertThat(store.usage()).isEmpty();
    }

    @Test
    void onlyWhatNobodyHoldsIsRemoved() throws IOException, InterruptedException {
        Ref first;
        Ref second;
        try (Ref scratch = store.scratch()) {
            first = fileOver(scratch, "/a", "1");
            second = fileOver(first, "/b", "2");
        }
        first.close();
        assertThat(store.remove(first.id())).isEmpty();
        assertThat(store.remove(second.id())).isEmpty();
        second.close();
        assertThat(store.remove(second.id()))
                .hasValueSatisfying(freed -> assertThat(freed).isPositive());
        assertThat(store.remove(first.id())).isPresent();
        assertThat(store.find(first.id())).isEmpty();
        reopen();
        assertThat(store.usage()).isEmpty();
    }

    @Test
    void aLongChainIsCheap() throws IOException, InterruptedException {
        int length = 2_000;
        Ref last = store.scratch();
        long began = System.nanoTime();
        for (int i = 0; i < length; i++) {
            Ref next = fileOver(last, "/file" + i, "x");
            last.close();
            last = next;
        }
        System.out.printf("a file op in a chain of %d: %.3f ms%n", length, (System.nanoTime() - began) / 1e6 / length);
        assertThat(last.tree().list("/")).hasSize(length);
        String id = last.id();
        last.close();
        reopen();
        store.find(id).orElseThrow().close();
    }

    @Test
    void sixHundredLayersCanBeMounted() throws IOException, InterruptedException {
        Ref last = store.scratch();
        for (int i = 0; i < 600; i++) {
            Ref next = fileOver(last, "/file" + i, "x" + i);
            last.close();
            last = next;
        }
        try (MountedTree mount = last.mountReadOnly()) {
            assertThat(mount.path().resolve("file0")).hasContent("x0");
            assertThat(mount.path().toFile().list()).hasSize(600);
        }
        last.close();
    }

    // ---- merge and diff

    @Test
    void mergesWithoutCopying() throws IOException, InterruptedException {
        try (Ref scratch = store.scratch();
                Ref base = fileOver(scratch, "/base", "b");
                Ref left = fileOver(base, "/same", "left");
                Ref right = fileOver(base, "/same", "right");
                Ref merged = store.merge(List.of(left, right), STEP)) {
            assertThat(read(merged.tree(), "/same")).isEqualTo("right");
            try (MountedTree mount = merged.mountReadOnly()) {
                assertThat(mount.path().resolve("same")).hasContent("right");
                assertThat(mount.path().resolve("base")).hasContent("b");
            }
            try (Ref found = store.find(merged.id()).orElseThrow()) {
                assertThat(found.id()).isEqualTo(merged.id());
            }
        }
    }

    @Test
    void theDifferenceToAnAncestorDeletesWhereItIsMerged() throws IOException, InterruptedException {
        try (Ref scratch = store.scratch();
                Ref base = fileOver(scratch, "/gone", "b");
                ActiveRef active = store.begin(base, STEP)) {
            active.tree().remove("/gone");
            write(active.tree(), "/new", "n");
            try (Ref upper = active.commit();
                    Ref difference = store.diff(base, upper, STEP);
                    Ref other = fileOver(scratch, "/gone", "other");
                    Ref merged = store.merge(List.of(other, difference), STEP);
                    MountedTree mount = difference.mountReadOnly()) {
                assertThat(mount.path().toFile().list()).containsExactly("new");
                assertThat(difference.tree().list("/")).hasSize(1);
                assertThat(merged.tree().find("/gone", false)).isEmpty();
                assertThat(merged.tree().find("/new", false)).isPresent();
            }
        }
    }

    @Test
    void theDifferenceOfStrangersIsComputed() throws IOException, InterruptedException {
        try (Ref scratch = store.scratch();
                Ref one = fileOver(scratch, "/a", "1");
                Ref lower = fileOver(one, "/b", "2");
                Ref two = fileOver(scratch, "/b", "2");
                Ref upper = fileOver(two, "/c", "3");
                Ref difference = store.diff(lower, upper, STEP);
                Ref merged = store.merge(List.of(lower, difference), STEP)) {
            assertThat(difference.tree().list("/")).extracting(TreeEntry::name).containsExactly("c");
            assertThat(merged.tree().list("/")).extracting(TreeEntry::name).containsExactly("b", "c");
        }
    }

    // ---- content

    @Test
    void aBlobIsThereWholeOrNotAtAll() throws IOException, InterruptedException {
        Descriptor blob = store.content().put("text/plain", "hello".getBytes(UTF_8));
        assertThat(store.content().size(blob.digest())).contains(5L);
        reopen();
        assertThat(store.content().bytes(blob)).asString(UTF_8).isEqualTo("hello");
        Path file = store.content().path(blob.digest()).orElseThrow();
        FileTime time = Files.getLastModifiedTime(file);
        Files.writeString(file, "jello");
        Files.setLastModifiedTime(file, time);
        assertThatThrownBy(() -> store.content().bytes(blob)).hasMessageContaining("damaged");
        assertThat(store.content().size(blob.digest())).isEmpty();
    }

    @Test
    void aBlobThatACrashToreIsAbsent() throws IOException, InterruptedException {
        Digest digest = Digest.ofText("whole");
        Path file = directory.resolve("content/blobs/sha256").resolve(digest.hex());
        Files.writeString(file, "wh");
        assertThat(store.content().size(digest)).isEmpty();
        Files.writeString(file, "whole");
        assertThat(store.content().size(digest)).contains(5L);
    }

    @Test
    void fetchesOnceAndVerifies() throws IOException, InterruptedException {
        byte[] bytes = "content".getBytes(UTF_8);
        Descriptor good = Descriptor.of("text/plain", Digest.of(bytes), bytes.length);
        AtomicInteger opened = new AtomicInteger();
        Thread[] callers = new Thread[8];
        for (int i = 0; i < callers.length; i++) {
            callers[i] = Thread.startVirtualThread(() -> {
                try {
                    store.content()
                            .fetch(
                                    good,
                                    (blob, offset) -> {
                                        opened.incrementAndGet();
                                        return new ByteArrayInputStream(bytes);
                                    },
                                    TransferListener.SILENT);
                } catch (InterruptedException cancelled) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(opened).hasValue(1);
        assertThat(store.content().size(good.digest())).contains(7L);
        Descriptor wrong = Descriptor.of("text/plain", Digest.ofText("other"), bytes.length);
        assertThatThrownBy(() -> store.content()
                        .fetch(wrong, (blob, offset) -> new ByteArrayInputStream(bytes), TransferListener.SILENT))
                .isInstanceOf(StoreFault.class)
                .hasMessageContaining(wrong.digest().toString());
        assertThat(store.content().size(wrong.digest())).isEmpty();
        assertThat(directory.resolve("tmp")).isEmptyDirectory();
    }

    // ---- the state directory

    @Test
    void aSecondStoreIsRefused() {
        assertThatThrownBy(() -> Store.open(directory))
                .isInstanceOf(StoreFault.class)
                .hasMessageContaining(
                        "in use by process " + ProcessHandle.current().pid());
    }

    @Test
    void tablesKeepPairsInTheOrderOfTheirBytes() {
        var table = store.table("t");
        table.write(Map.of("a/2", new byte[] {2}, "a/1", new byte[] {1}, "b", new byte[] {3}), List.of());
        table.remove("b");
        reopen();
        assertThat(store.table("t").scan("a/")).extracting(Map.Entry::getKey).containsExactly("a/1", "a/2");
        assertThat(store.table("t").get("b")).isEmpty();
        assertThat(store.table("other").scan("")).isEmpty();
    }

    @Test
    void aDamagedDatabaseIsSetAside() throws IOException, InterruptedException {
        String id;
        try (Ref scratch = store.scratch();
                Ref first = fileOver(scratch, "/a", "1")) {
            id = first.id();
        }
        store.close();
        Path file = directory.resolve("metadata.db");
        byte[] bytes = Files.readAllBytes(file);
        java.util.Arrays.fill(bytes, 0, 4096, (byte) 0x55);
        Files.write(file, bytes);
        store = Store.open(directory);
        assertThat(store.find(id)).isEmpty();
        assertThat(directory.resolve("metadata.db.damaged")).exists();
        assertThat(directory.resolve("snapshots").toFile().list()).containsExactly("empty");
    }

    @Test
    void aFlippedByteInAValueMakesItAbsent() throws IOException, InterruptedException {
        store.table("t").put("key", "the value to find".getBytes(UTF_8));
        store.close();
        Path file = directory.resolve("metadata.db");
        byte[] bytes = Files.readAllBytes(file);
        int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("the value to find");
        assertThat(at).isPositive();
        bytes[at] ^= 1;
        Files.write(file, bytes);
        store = Store.open(directory);
        assertThat(store.table("t").get("key")).isEmpty();
    }

    @Test
    void aRecordWithoutItsDirectoryIsDroppedWithItsChildren() throws IOException, InterruptedException {
        String first;
        String second;
        try (Ref scratch = store.scratch();
                Ref below = fileOver(scratch, "/a", "1");
                Ref above = fileOver(below, "/b", "2")) {
            first = below.id();
            second = above.id();
        }
        FileTree.remove(directory.resolve("snapshots").resolve(first).toString());
        assertThat(store.find(second)).isEmpty();
        reopen();
        assertThat(store.usage()).isEmpty();
        assertThat(directory.resolve("snapshots").toFile().list()).containsExactly("empty");
    }
}
