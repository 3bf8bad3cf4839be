package io.buildkit4j.store.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.LayerBlob;
import io.buildkit4j.store.LayerFormat;
import io.buildkit4j.store.MountedTree;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TransferListener;
import io.buildkit4j.store.TreeWriter.Attributes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers that are put off until somebody looks inside. */
@Tag("root")
class DeferredLayersTest {
    @TempDir
    Path directory;

    private LayerFixture fixture;
    private LayerBlob lower;
    private LayerBlob upper;

    @BeforeEach
    void open() throws IOException {
        fixture = new LayerFixture(directory.resolve("state"));
        lower = fixture.blob(
                new LayerFixture.Tar().directory("d").file("d/a", "lower").file("d/b", "hidden"));
        upper = fixture.blob(new LayerFixture.Tar().file("d/b", "upper"));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private List<String> directories() throws IOException {
        try (Stream<Path> all = Files.list(directory.resolve("state/snapshots"))) {
            return all.map(path -> String.valueOf(path.getFileName()))
                    .filter(name -> !name.equals("empty"))
                    .toList();
        }
    }

    @Test
    void nothingIsFetchedBeforeSomebodyLooks() throws IOException, InterruptedException {
        try (Ref ref = fixture.defer(lower, upper)) {
            assertThat(fixture.store.layers(ref, LayerFormat.GZIP))
                    .extracting(layer -> layer.blob().digest())
                    .containsExactly(lower.blob().digest(), upper.blob().digest());
            assertThat(fixture.asked).hasValue(0);
            assertThat(directories()).isEmpty();
            assertThat(fixture.store.usage()).isEmpty();
            assertThat(fixture.store.content().size(lower.blob().digest())).isEmpty();

            assertThat(LayerFixture.text(ref, "/d/b")).isEqualTo("upper");
            assertThat(LayerFixture.text(ref, "/d/a")).isEqualTo("lower");
            assertThat(fixture.asked).hasValue(2);
            assertThat(fixture.store.usage()).hasSize(2);
            assertThat(directories()).hasSize(2);
            try (MountedTree mount = ref.mountReadOnly()) {
                assertThat(mount.path().resolve("d/b")).hasContent("upper");
            }
            assertThat(fixture.asked).hasValue(2);
        }
    }

    @Test
    void whoeverListensHearsOfIt() throws InterruptedException {
        Set<String> heard = new ConcurrentSkipListSet<>();
        try (Ref ref = fixture.defer(lower)) {
            ref.fetch((id, current, total, done) -> heard.add(id));
            ref.fetch((id, current, total, done) -> heard.add("again " + id));
        }
        assertThat(heard)
                .containsExactlyInAnyOrder(
                        "extracting " + lower.blob().digest(),
                        lower.blob().digest().toString());
    }

    @Test
    void aBlobThatIsReadIsFetchedAndNotUnpacked() throws IOException, InterruptedException {
        try (Ref ref = fixture.defer(lower, upper)) {
            assertThat(fixture.entries(upper)).hasSize(1);
            assertThat(fixture.asked).hasValue(1);
            assertThat(directories()).isEmpty();
            assertThat(LayerFixture.text(ref, "/d/b")).isEqualTo("upper");
            assertThat(fixture.asked).hasValue(2);
        }
    }

    @Test
    void whatIsMergedOverThemNeedsNoneOfThem() throws IOException, InterruptedException {
        try (Ref base = fixture.defer(lower);
                Ref scratch = fixture.store.scratch();
                ActiveRef own = fixture.store.begin(scratch, RefDescription.regular("own"))) {
            own.tree().makeDirectory("/d", new Attributes(0755, 0, 0, LayerFixture.TIME, Map.of()));
            try (Ref linked = own.commit();
                    Ref merged = fixture.store.merge(List.of(base, linked), RefDescription.regular("merged"))) {
                assertThat(fixture.store.layers(merged, LayerFormat.GZIP)).hasSize(2);
                assertThat(fixture.asked).hasValue(0);
                assertThat(LayerFixture.names(merged, "/d")).containsExactly("a", "b");
                assertThat(fixture.asked).hasValue(1);
            }
        }
    }

    @Test
    void theNewestSourceIsAsked() throws IOException, InterruptedException {
        try (Ref first = fixture.store.defer(List.of(lower), (blob, offset) -> {
                    throw new StoreFault(Kind.UNAUTHENTICATED, "its client is gone");
                });
                Ref second = fixture.defer(lower)) {
            assertThat(second.id()).isEqualTo(first.id());
            assertThat(LayerFixture.text(first, "/d/a")).isEqualTo("lower");
        }
    }

    @Test
    void aFailureLeavesNothingAndIsNotTheEnd() throws IOException, InterruptedException {
        byte[] good = fixture.bytes(upper.blob());
        fixture.replace(upper, new byte[good.length]);
        try (Ref ref = fixture.defer(lower, upper)) {
            for (int time = 0; time < 2; time++) {
                assertThatThrownBy(ref::tree)
                        .isInstanceOf(StoreFault.class)
                        .hasMessageContaining(upper.blob().digest().toString());
                assertThat(directories()).hasSizeLessThan(2);
            }
            fixture.replace(upper, good);
            assertThat(LayerFixture.text(ref, "/d/b")).isEqualTo("upper");
        }
    }

    @Test
    void severalThatLookAtOnceShareIt() throws InterruptedException {
        try (Ref ref = fixture.defer(lower, upper)) {
            List<Integer> lookers = List.of(1, 2, 3, 4, 5, 6, 7, 8);
            TaskScope.map("look", lookers, 8, each -> ref.tree().list("/d").size());
            assertThat(fixture.asked).hasValue(2);
        }
    }

    @Test
    void aStoreThatIsOpenedForgetsWhatNobodyLookedAt() throws IOException, InterruptedException {
        String seen;
        String unseen;
        try (Ref below = fixture.defer(lower);
                Ref above = fixture.defer(lower, upper)) {
            assertThat(LayerFixture.text(below, "/d/b")).isEqualTo("hidden");
            seen = below.id();
            unseen = above.id();
        }
        fixture.store.flush();
        fixture.store.close();
        try (Store again = Store.open(directory.resolve("state"))) {
            assertThat(again.has(seen)).isTrue();
            assertThat(again.has(unseen)).isFalse();
            try (Ref ref = again.unpack(
                    List.of(lower, upper),
                    (blob, offset) -> new ByteArrayInputStream(fixture.bytes(blob)),
                    TransferListener.SILENT)) {
                assertThat(LayerFixture.text(ref, "/d/b")).isEqualTo("upper");
            }
        }
        fixture = new LayerFixture(directory.resolve("another"));
        FileTree.remove(directory.resolve("state").toString());
    }

    @Test
    void whatWasRemovedIsDeferredAnew() throws IOException, InterruptedException {
        String id;
        try (Ref ref = fixture.defer(lower)) {
            id = ref.id();
            assertThat(fixture.store.remove(id)).isEmpty();
        }
        assertThat(fixture.store.remove(id)).hasValue(0L);
        assertThatThrownBy(() -> fixture.store.content().open(lower.blob())).isInstanceOf(StoreFault.class);
        try (Ref ref = fixture.defer(lower)) {
            assertThat(ref.id()).isNotEqualTo(id);
            assertThat(LayerFixture.text(ref, "/d/a")).isEqualTo("lower");
        }
    }
}
