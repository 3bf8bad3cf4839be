package io.buildkit4j.exporter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.ImageLayout;
import io.buildkit4j.image.Manifest;
import io.buildkit4j.image.MediaTypes;
import io.buildkit4j.image.Reference;
import io.buildkit4j.store.PruneRule;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.UsageRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class ImageRecordsTest {
    private static final PruneRule ALL_BUT_IMAGES =
            new PruneRule("test", List.of("description~=^content"), true, Duration.ZERO, 0, 0, 0);

    @TempDir
    Path directory;

    private Store store;
    private ImageRecords records;

    @BeforeEach
    void open() {
        store = Store.open(directory);
        records = new ImageRecords(store, new LayoutIndex(store.content()));
        store.join(records);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Descriptor image(String content) {
        Descriptor layer = store.content().put(MediaTypes.OCI_LAYER, content.getBytes(UTF_8));
        Descriptor config =
                store.content().put(MediaTypes.OCI_CONFIG, ("{\"of\":\"" + content + "\"}").getBytes(UTF_8));
        Manifest manifest = new Manifest(MediaTypes.OCI_MANIFEST, config, List.of(layer), Map.of());
        return store.content().put(MediaTypes.OCI_MANIFEST, manifest.bytes());
    }

    private List<String> names() {
        return ImageLayout.open(store.content().directory()).index().manifests().stream()
                .map(line -> line.annotations().get(ImageLayout.REF_NAME))
                .toList();
    }

    private void prune(PruneRule rule) throws InterruptedException {
        store.prune(rule, gone -> {});
    }

    @Test
    void whatHasANameKeepsItsContentUntilTheNameGoes() throws InterruptedException {
        Descriptor kept = image("kept");
        Descriptor loose = image("loose");
        records.name(kept, List.of(Reference.parse("a.test/kept:1")));
        prune(ALL_BUT_IMAGES);
        assertThat(store.content().size(loose.digest())).isEmpty();
        assertThat(store.looseContent()).isEmpty();
        close();
        open();
        prune(ALL_BUT_IMAGES);
        UsageRecord record = records.usage().getFirst();
        assertThat(record.id()).isEqualTo("image/a.test/kept:1");
        assertThat(record.size()).isGreaterThan(100);
        assertThat(store.content().size(kept.digest())).isPresent();
        prune(PruneRule.everything("all"));
        assertThat(names()).isEmpty();
        assertThat(store.content().size(kept.digest())).isEmpty();
        assertThat(records.usage()).isEmpty();
        assertThat(store.evictions().find("image/a.test/kept:1")).isPresent();
    }

    @Test
    void aNameThatMeansSomethingElseKeepsTheOtherNoMore() throws InterruptedException {
        Descriptor first = image("first");
        Descriptor second = image("second");
        records.name(first, List.of(Reference.parse("a.test/x:1"), Reference.parse("a.test/y:1")));
        records.name(second, List.of(Reference.parse("a.test/x:1")));
        records.name(second, List.of(Reference.parse("a.test/x:1")));
        assertThat(store.content().size(second.digest())).isPresent();
        prune(ALL_BUT_IMAGES);
        assertThat(store.content().size(first.digest())).isPresent();
        records.name(second, List.of(Reference.parse("a.test/y:1")));
        assertThat(store.content().size(first.digest())).isEmpty();
        assertThat(names()).containsExactlyInAnyOrder("a.test/x:1", "a.test/y:1");
    }

    @Test
    void anImageThatLostABlobIsForgotten() throws IOException {
        records.name(image("lost"), List.of(Reference.parse("a.test/lost:1")));
        records.name(image("whole"), List.of(Reference.parse("a.test/whole:1")));
        Descriptor layer = store.content().put(MediaTypes.OCI_LAYER, "lost".getBytes(UTF_8));
        Path file = store.content().path(layer.digest()).orElseThrow();
        close();
        Files.delete(file);
        open();
        assertThat(names()).containsExactly("a.test/whole:1");
        assertThat(records.usage()).hasSize(1);
    }
}
