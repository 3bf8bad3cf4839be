package io.buildkit4j.store.space;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.Brake;
import io.buildkit4j.store.ContentStore;
import io.buildkit4j.store.LayerBlob;
import io.buildkit4j.store.LayerFormat;
import io.buildkit4j.store.MountedTree;
import io.buildkit4j.store.PruneRule;
import io.buildkit4j.store.RecordType;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.SpacePolicy;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.store.UsageRecord;
import io.buildkit4j.store.Verification;
import io.buildkit4j.store.Work;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class SpaceTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    private Store store;

    @BeforeEach
    void open() {
        store = Store.open(directory);
    }

    @AfterEach
    void close() {
        store.close();
        FileTree.remove(directory.resolve("snapshots").toString());
    }

    private void reopen(SpacePolicy policy) {
        store.close();
        store = Store.open(directory, policy);
    }

    private Ref record(Ref parent, String name, RecordType type, int bytes) throws IOException, InterruptedException {
        try (ActiveRef active = store.begin(parent, new RefDescription(name, type))) {
            write(active, name, bytes);
            return active.commit();
        }
    }

    private static void write(ActiveRef active, String name, int bytes) throws IOException {
        try (OutputStream out =
                active.tree().writeFile("/" + name, new TreeWriter.Attributes(0644, 0, 0, 1, Map.of()))) {
            byte[] piece = new byte[MIB];
            for (int left = bytes; left > 0; left -= piece.length) {
                out.write(piece, 0, Math.min(left, piece.length));
            }
        }
    }

    private String closed(String name, RecordType type, int bytes) throws IOException, InterruptedException {
        try (Ref scratch = store.scratch();
                Ref ref = record(scratch, name, type, bytes)) {
            return ref.id();
        }
    }

    private List<String> pruned(PruneRule rule) throws InterruptedException {
        List<String> gone = new ArrayList<>();
        store.prune(rule, record -> gone.add(record.description().text()));
        return gone;
    }

    private static PruneRule rule(List<String> filters, boolean all, Duration keep, long reserved, long most) {
        return new PruneRule("test", filters, all, keep, reserved, most, 0);
    }

    @Test
    void theLeastRecentlyUsedGoFirstAndWhatOthersStandOnAfterThose() throws IOException, InterruptedException {
        try (Ref scratch = store.scratch();
                Ref base = record(scratch, "base", RecordType.REGULAR, 100)) {
            record(base, "upper", RecordType.REGULAR, 100).close();
        }
        closed("young", RecordType.REGULAR, 100);
        List<String> heard = new ArrayList<>();
        store.listen(heard::add);
        assertThat(pruned(rule(List.of(), false, Duration.ofHours(1), 0, 0))).isEmpty();
        assertThat(pruned(rule(List.of("description~=up"), false, Duration.ZERO, 0, 0)))
                .containsExactly("upper");
        assertThat(pruned(PruneRule.everything("all"))).containsExactly("base", "young");
        assertThat(heard).hasSize(3);
        assertThat(store.evictions().find(heard.getFirst()).orElseThrow().rule())
                .isEqualTo("test");
        assertThat(store.usage()).isEmpty();
        reopen(SpacePolicy.NONE);
        assertThat(store.usage()).isEmpty();
        assertThat(store.looseContent()).isEmpty();
    }

    @Test
    void whatIsInUseStaysWithAllThatItStandsOn() throws IOException, InterruptedException {
        String id;
        try (Ref scratch = store.scratch();
                Ref base = record(scratch, "base", RecordType.REGULAR, 100);
                Ref upper = record(base, "upper", RecordType.REGULAR, 100)) {
            id = upper.id();
        }
        try (Ref upper = store.find(id).orElseThrow()) {
            assertThat(store.usage()).allMatch(UsageRecord::inUse);
            assertThat(pruned(PruneRule.everything("all"))).isEmpty();
            assertThat(upper.tree().find("/base", false)).isPresent();
        }
    }

    @Test
    void typesAndSizesLimitARule() throws IOException, InterruptedException {
        closed("internal", RecordType.INTERNAL, 100);
        closed("frontend", RecordType.FRONTEND, 100);
        closed("source", RecordType.LOCAL_SOURCE, 4 * MIB);
        closed("one", RecordType.REGULAR, 4 * MIB);
        closed("two", RecordType.REGULAR, 4 * MIB);
        assertThat(pruned(rule(List.of("type==source.local"), false, Duration.ZERO, 0, 0)))
                .containsExactly("source");
        assertThat(pruned(rule(List.of(), false, Duration.ZERO, 0, 6 * MIB))).containsExactly("one");
        assertThat(pruned(rule(List.of(), false, Duration.ZERO, 6 * MIB, MIB))).isEmpty();
        assertThat(pruned(rule(List.of(), false, Duration.ZERO, 0, 0))).containsExactly("two");
        assertThat(pruned(rule(List.of(), true, Duration.ZERO, 0, 0))).containsExactly("internal", "frontend");
    }

    @Test
    void blobsAreCountedWithTheirRecordAndGoWithIt() throws IOException, InterruptedException {
        List<LayerBlob> layers;
        String id;
        try (Ref scratch = store.scratch();
                Ref ref = record(scratch, "layer", RecordType.REGULAR, MIB)) {
            id = ref.id();
            layers = store.layers(ref, new LayerFormat(LayerFormat.Method.UNCOMPRESSED, -1, true, true));
        }
        Descriptor blob = layers.getFirst().blob();
        long size = store.usage().stream()
                .filter(record -> record.id().equals(id))
                .findFirst()
                .orElseThrow()
                .size();
        assertThat(size).isGreaterThan(2 * MIB);
        assertThat(pruned(PruneRule.everything("all"))).containsExactly("layer");
        assertThat(store.content().size(blob.digest())).isEmpty();
    }

    @Test
    void looseContentGoesUnlessSomethingRunsThatTouchedIt() throws InterruptedException {
        Descriptor before = store.content().put("text/plain", "before".getBytes(UTF_8));
        try (Work work = store.work()) {
            assertThat(work).isNotNull();
            Descriptor during = store.content().put("text/plain", "during".getBytes(UTF_8));
            assertThat(pruned(PruneRule.everything("all"))).hasSize(1);
            assertThat(store.content().size(before.digest())).isEmpty();
            assertThat(store.content().size(during.digest())).isPresent();
        }
        assertThat(pruned(PruneRule.everything("all"))).hasSize(1);
    }

    @Test
    void aStepMakesRoomBelowTheCapAndOneThatCannotIsStopped() throws IOException, InterruptedException {
        long cap = 400L * MIB;
        reopen(new SpacePolicy(List.of(), cap));
        for (int i = 0; i < 8; i++) {
            int number = i;
            store.withRoom(() -> {
                try {
                    return closed("step" + number, RecordType.REGULAR, 90 * MIB);
                } catch (IOException failed) {
                    throw new IllegalStateException(failed);
                }
            });
            assertThat(store.space().used()).isLessThan(cap);
        }
        assertThat(store.usage()).isNotEmpty().hasSizeLessThan(5);
        AtomicInteger attempts = new AtomicInteger();
        assertThatThrownBy(() -> store.withRoom(() -> fill(attempts)))
                .isInstanceOfSatisfying(
                        Fault.class, fault -> assertThat(fault.kind()).isEqualTo(Kind.RESOURCE_EXHAUSTED))
                .hasMessageContaining("maxUsedSpace");
        assertThat(attempts).hasValue(2);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(store.space().used()).isLessThan(cap);
    }

    /** Counts how often it is used. */
    private static final class CountedBrake implements Brake {
        private final AtomicInteger holds = new AtomicInteger();
        private final AtomicInteger open = new AtomicInteger();

        @Override
        public void hold() {
            holds.incrementAndGet();
            open.set(1);
        }

        @Override
        public void go() {
            open.set(0);
        }
    }

    @Test
    void processesStandStillWhileRoomIsMade() throws IOException, InterruptedException {
        long cap = 200L * MIB;
        reopen(new SpacePolicy(List.of(), cap));
        for (int i = 0; i < 3; i++) {
            closed("old" + i, RecordType.REGULAR, 40 * MIB);
        }
        CountedBrake brake = new CountedBrake();
        store.withRoom(() -> {
            try (Work braked = store.brake(brake);
                    Ref scratch = store.scratch();
                    ActiveRef active = store.begin(scratch, RefDescription.regular("process"))) {
                assertThat(braked).isNotNull();
                try (MountedTree mount = active.mount()) {
                    // as processes do, without asking
                    for (int i = 0; i < 100; i++) {
                        Files.write(mount.path().resolve("f" + i), new byte[MIB]);
                        Thread.sleep(2);
                    }
                } catch (IOException failed) {
                    throw new IllegalStateException(failed);
                }
                active.commit().close();
                return 0;
            }
        });
        assertThat(brake.holds).hasPositiveValue();
        assertThat(brake.open).hasValue(0);
        assertThat(store.usage()).anyMatch(record -> record.description().text().equals("process"));
        assertThat(store.space().used()).isLessThan(cap);
    }

    @Test
    void whatTheDaemonWritesIsRefusedBeforeItIsWritten() {
        long cap = 100L * MIB;
        reopen(new SpacePolicy(List.of(), cap));
        assertThatThrownBy(() -> closed("too large", RecordType.REGULAR, 150 * MIB))
                .isInstanceOfSatisfying(
                        Fault.class, fault -> assertThat(fault.kind()).isEqualTo(Kind.RESOURCE_EXHAUSTED))
                .hasMessageContaining("maxUsedSpace");
        byte[] large = new byte[MIB];
        assertThatThrownBy(() -> {
                    try (ContentStore.Writer writer = store.content().begin()) {
                        for (int i = 0; i < 150; i++) {
                            writer.stream().write(large);
                        }
                    }
                })
                .hasMessageContaining("maxUsedSpace");
        assertThat(store.usage()).isEmpty();
        assertThat(directory.resolve("tmp")).isEmptyDirectory();
    }

    private int fill(AtomicInteger attempts) throws InterruptedException {
        attempts.incrementAndGet();
        try (Ref scratch = store.scratch();
                ActiveRef active = store.begin(scratch, RefDescription.regular("too large"));
                MountedTree mount = active.mount()) {
            for (int i = 0; i < 2_000; i++) {
                Files.write(mount.path().resolve("f" + i), new byte[MIB]);
                Thread.sleep(1);
            }
            return 0;
        } catch (IOException failed) {
            if (Thread.interrupted()) {
                throw new InterruptedException("stopped");
            }
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void damageIsAMissAndIsFoundByVerifying() throws IOException, InterruptedException {
        String gone = closed("gone", RecordType.REGULAR, 100);
        String cut = closed("cut", RecordType.REGULAR, 100);
        String good = closed("good", RecordType.REGULAR, 100);
        Descriptor blob = store.content().put("text/plain", "content".getBytes(UTF_8));
        reopen(SpacePolicy.NONE);
        FileTree.remove(directory.resolve("snapshots/" + gone + "/fs/gone").toString());
        Files.write(directory.resolve("snapshots/" + cut + "/fs/cut"), new byte[50]);
        Path file = store.content().path(blob.digest()).orElseThrow();
        HostFiles.setMode(file.toString(), 0644);
        Files.writeString(file, "CONTENT");
        assertThat(store.find(gone)).isEmpty();
        assertThat(store.find(cut)).isEmpty();
        store.find(good).orElseThrow().close();
        Verification found = store.verify();
        assertThat(found.damages())
                .extracting(Verification.Damage::id)
                .containsExactlyInAnyOrder(gone, cut, blob.digest().toString());
        assertThat(found.records()).isEqualTo(3);
        assertThat(found.blobs()).isEqualTo(1);
        assertThat(store.content().size(blob.digest())).isEmpty();
        assertThat(store.verify().blobs()).isZero();
    }
}
