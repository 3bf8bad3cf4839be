package io.buildkit4j.store.layer;

import static io.buildkit4j.store.layer.LayerFixture.at;
import static io.buildkit4j.store.layer.LayerFixture.names;
import static io.buildkit4j.store.layer.LayerFixture.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.image.TarEntry;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.LayerBlob;
import io.buildkit4j.store.LayerFormat;
import io.buildkit4j.store.MountedTree;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.layer.LayerFixture.Tar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a layer means depends on those below it. */
@Tag("root")
class LayerOverLayerTest {
    @TempDir
    Path directory;

    private LayerFixture layers;

    @BeforeEach
    void open() {
        layers = new LayerFixture(directory.resolve("state"));
    }

    @AfterEach
    void close() {
        layers.close();
    }

    @Test
    void whatIsBelowALinkOfALowerLayerGoesWhereTheLinkLeads() throws IOException, InterruptedException {
        LayerBlob merged = layers.blob(new Tar()
                .directory("usr")
                .directory("usr/lib")
                .file("usr/lib/old", "old")
                .file("usr/lib/kept", "kept")
                .link("lib", "usr/lib")
                .link("lib64", "/lib"));
        LayerBlob addition = layers.blob(new Tar()
                .file("lib/new", "new")
                .file("lib/.wh.old", "")
                .file("lib64/deep/er", "deep")
                .hardLink("lib/second", "lib/kept"));
        try (Ref ref = layers.unpack(merged, addition);
                MountedTree mount = ref.mountReadOnly()) {
            assertThat(at(ref, "/lib").link()).isEqualTo("usr/lib");
            assertThat(at(ref, "/lib64").link()).isEqualTo("/lib");
            assertThat(names(ref, "/usr/lib")).containsExactly("deep", "kept", "new", "second");
            assertThat(text(ref, "/usr/lib/deep/er")).isEqualTo("deep");
            assertThat(at(ref, "/usr/lib").mode() & 07777).isEqualTo(0751);
            assertThat(mount.path().resolve("usr/lib/second")).hasContent("kept");
            assertThat(at(ref, "/usr/lib/second").inode())
                    .isEqualTo(at(ref, "/usr/lib/kept").inode());
        }
    }

    @Test
    void aDirectoryThatIsDescribedReplacesTheLink() throws IOException, InterruptedException {
        LayerBlob below =
                layers.blob(new Tar().directory("real").file("real/a", "a").link("name", "real"));
        LayerBlob above = layers.blob(new Tar().directory("name").file("name/sub/b", "b"));
        try (Ref ref = layers.unpack(below, above)) {
            assertThat(at(ref, "/name").isDirectory()).isTrue();
            assertThat(names(ref, "/name")).containsExactly("sub");
            assertThat(names(ref, "/real")).containsExactly("a");
        }
    }

    @Test
    void aLinkThatIsRemovedFirstIsNotFollowed() throws IOException, InterruptedException {
        LayerBlob below =
                layers.blob(new Tar().directory("real").file("real/a", "a").link("name", "real"));
        LayerBlob above = layers.blob(new Tar().file(".wh.name", "").file("name/b", "b"));
        try (Ref ref = layers.unpack(below, above)) {
            assertThat(at(ref, "/name").isDirectory()).isTrue();
            assertThat(names(ref, "/name")).containsExactly("b");
            assertThat(names(ref, "/real")).containsExactly("a");
        }
    }

    @Test
    void linksThatLeadNowhereOrInCirclesAreContained() throws IOException, InterruptedException {
        LayerBlob circle = layers.blob(new Tar().link("a", "b").link("b", "a"));
        LayerBlob through = layers.blob(new Tar().file("a/x", "x"));
        assertThatThrownBy(() -> layers.unpack(circle, through))
                .isInstanceOf(StoreFault.class)
                .hasMessageContaining(
                        "cannot unpack the layer " + through.blob().digest())
                .hasMessageContaining("links");
        Path outside = Files.createDirectory(directory.resolve("outside"));
        LayerBlob out = layers.blob(new Tar().link("out", outside.toString()).link("up", "../../../.."));
        LayerBlob climbs = layers.blob(new Tar().file("out/x", "x").file("up/y", "y"));
        try (Ref ref = layers.unpack(out, climbs)) {
            assertThat(outside).isEmptyDirectory();
            assertThat(text(ref, outside + "/x")).isEqualTo("x");
            assertThat(text(ref, "/y")).isEqualTo("y");
        }
    }

    @Test
    void whiteoutsGoOverEveryKind() throws IOException, InterruptedException {
        Tar kinds = new Tar()
                .directory("directory")
                .file("directory/in", "x")
                .file("file", "x")
                .hardLink("hard", "file")
                .link("link", "file")
                .entry("fifo", TarEntry.Type.FIFO, 0600, "")
                .put(new TarEntry(
                        "char", TarEntry.Type.CHARACTER_DEVICE, 0600, 0, 0, 0, 0, "", TarEntry.device(1, 3), Map.of()))
                .put(new TarEntry(
                        "block", TarEntry.Type.BLOCK_DEVICE, 0600, 0, 0, 0, 0, "", TarEntry.device(7, 1), Map.of()))
                .file("last", "x");
        Tar whiteouts = new Tar();
        for (String name : List.of("directory", "file", "hard", "link", "fifo", "char", "block")) {
            whiteouts.file(".wh." + name, "");
        }
        LayerBlob base = layers.blob(kinds);
        try (Ref all = layers.unpack(base)) {
            assertThat(at(all, "/char").device()).isEqualTo(TarEntry.device(1, 3));
            assertThat(at(all, "/block").mode() & 0170000).isEqualTo(0060000);
        }
        try (Ref ref = layers.unpack(base, layers.blob(whiteouts));
                MountedTree mount = ref.mountReadOnly()) {
            assertThat(names(ref, "/")).containsExactly("last");
            assertThat(mount.path().toFile().list()).containsExactly("last");
        }
    }

    @Test
    void theDeviceThatOverlayfsTakesForAMarkIsRefused() throws IOException, InterruptedException {
        LayerBlob below = layers.blob(new Tar().directory("dev").file("dev/null", "precious"));
        LayerBlob mark = layers.blob(new Tar()
                .put(new TarEntry("dev/null", TarEntry.Type.CHARACTER_DEVICE, 0, 0, 0, 0, 0, "", 0, Map.of())));
        assertThatThrownBy(() -> layers.unpack(below, mark))
                .isInstanceOf(StoreFault.class)
                .hasMessageContaining("device 0:0 as /dev/null");
    }

    @Test
    void attributesOfTheRootAreAnEntryWhenTheyChange() throws IOException, InterruptedException {
        Ref previous = layers.store.scratch();
        for (String permissions : List.of("rwxr-xr-x", "rwx------", "rwx------")) {
            try (Ref below = previous;
                    ActiveRef active = layers.store.begin(below, RefDescription.regular("step"))) {
                try (MountedTree mount = active.mount()) {
                    Files.writeString(mount.path().resolve("f"), permissions + System.nanoTime());
                    Files.setPosixFilePermissions(mount.path(), PosixFilePermissions.fromString(permissions));
                    if (permissions.endsWith("---")) {
                        HostFiles.setAttribute(mount.path().toString(), "user.root", "yes".getBytes(UTF_8));
                    }
                }
                previous = active.commit();
            }
        }
        try (Ref last = previous) {
            List<LayerBlob> chain = layers.store.layers(last, LayerFormat.GZIP);
            assertThat(layers.entries(chain.get(0))).extracting(TarEntry::name).containsExactly("f");
            assertThat(layers.entries(chain.get(1))).extracting(TarEntry::name).containsExactly(".", "f");
            TarEntry root = layers.entries(chain.get(1)).getFirst();
            assertThat(root.mode()).isEqualTo(0700);
            assertThat(root.xattrs()).containsKey("user.root");
            assertThat(layers.entries(chain.get(2))).extracting(TarEntry::name).containsExactly("f");
            try (LayerFixture other = new LayerFixture(directory.resolve("other"))) {
                chain.forEach(
                        layer -> other.replace(layer, layers.store.content().bytes(layer.blob())));
                try (Ref again = other.unpack(chain.toArray(LayerBlob[]::new))) {
                    assertThat(at(again, "/").mode() & 07777).isEqualTo(0700);
                    assertThat(at(again, "/").xattrs()).containsKey("user.root");
                }
            }
        }
    }
}
