package io.buildkit4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class MountsTest {
    @TempDir
    Path directory;

    private String target = "";

    @BeforeEach
    void target() throws IOException {
        target = make("target with blank");
    }

    @AfterEach
    void nothingStaysMounted() {
        Mounts.below(directory.toString()).forEach(mount -> Mounts.detach(mount.path()));
    }

    private String make(String name) throws IOException {
        return Files.createDirectories(directory.resolve(name)).toString();
    }

    private List<String> layers(int count) throws IOException {
        List<String> layers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String layer = make("layer" + i);
            Files.writeString(Path.of(layer, "common"), "from " + i);
            layers.addFirst(layer);
        }
        Files.writeString(Path.of(layers.getLast(), "lowest"), "lowest");
        return layers;
    }

    @Test
    void stacksLayersTheUppermostFirst() throws IOException {
        List<String> all = layers(Mounts.MOST_LAYERS);
        for (int count : new int[] {2, 120, 500, 501, 502, 600, Mounts.MOST_LAYERS}) {
            List<String> lower = all.subList(all.size() - count, all.size());
            Mounts.overlay(new OverlayMount(lower, Optional.empty()), target);
            assertThat(Path.of(target, "common")).hasContent("from " + (count - 1));
            assertThat(Path.of(target, "lowest")).hasContent("lowest");
            assertThat(HostFiles.list(target)).hasSize(2);
            assertThat(Mounts.below(directory.toString())).hasSize(1);
            Mounts.unmount(target);
        }
        assertThat(Mounts.below(directory.toString())).isEmpty();
    }

    @Test
    void refusesMoreLayersThanTheKernelCanStack() {
        List<String> many = Collections.nCopies(Mounts.MOST_LAYERS + 1, "/never/looked/at");
        OverlayMount mount = new OverlayMount(many, Optional.empty());
        assertThatThrownBy(() -> Mounts.overlay(mount, target))
                .isInstanceOf(LinuxFault.class)
                .hasMessageContaining("at most 998");
    }

    @Test
    void writesIntoTheUpperDirectory() throws IOException {
        String upper = make("upper");
        var mount = new OverlayMount(layers(2), Optional.of(new OverlayMount.Upper(upper, make("work"))));
        Mounts.overlay(mount, target);
        Files.delete(Path.of(target, "common"));
        Files.writeString(Path.of(target, "new"), "x");
        Files.createDirectory(Path.of(target, "directory"));
        Mounts.unmount(target);
        assertThat(HostFiles.status(upper + "/common").isWhiteout()).isTrue();
        assertThat(Path.of(upper, "new")).hasContent("x");
        // not opaque: what is new here must not hide what it is laid over later
        assertThat(HostFiles.attribute(upper + "/directory", "trusted.overlay.opaque"))
                .isEmpty();
    }

    @Test
    void saysWhyTheKernelRefuses() {
        OverlayMount missing = new OverlayMount(List.of("/missing/layer", "/missing/other"), Optional.empty());
        assertThatThrownBy(() -> Mounts.overlay(missing, target))
                .isInstanceOf(LinuxFault.class)
                .hasMessageContaining("lowerdir+=/missing/layer")
                .hasMessageContaining("no such file");
    }

    @Test
    void readOnlyBindsCoverTheMountsBelow() throws IOException {
        String source = make("source/inner");
        Mounts.memory(source, OptionalLong.of(1 << 20), 0750);
        Mounts.bindReadOnly(directory + "/source", target);
        assertThatThrownBy(() -> Files.writeString(Path.of(target, "inner", "file"), "x"))
                .isInstanceOf(IOException.class);
        assertThat(HostFiles.status(target + "/inner").mode() & 07777).isEqualTo(0750);
        Mounts.detach(target);
        Mounts.bind(directory + "/source", target);
        Files.writeString(Path.of(target, "inner", "file"), "x");
        assertThat(Path.of(source, "file")).hasContent("x");
        assertThat(Mounts.below(target)).extracting(MountPoint::path).contains(target, target + "/inner");
    }

    @Test
    void tellsTheSpaceOfAFileSystem() throws IOException {
        Mounts.memory(target, OptionalLong.of(1 << 20), 0755);
        assertThat(Mounts.space(target).total()).isEqualTo(1 << 20);
        assertThat(Mounts.space(target).available()).isPositive();
    }
}
