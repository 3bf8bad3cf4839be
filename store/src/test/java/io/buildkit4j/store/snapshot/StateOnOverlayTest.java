package io.buildkit4j.store.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.linux.Mounts;
import io.buildkit4j.linux.OverlayMount;
import io.buildkit4j.store.Snapshotter;
import io.buildkit4j.store.SpacePolicy;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.StoreFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** As in a container without a volume: the state directory itself lies on an overlay, over which none can be mounted. */
class StateOnOverlayTest extends SnapshotterContract {
    @Override
    Snapshotter wanted() {
        return Snapshotter.AUTO;
    }

    @Override
    void prepare(Path directory) {
        try {
            Path lower = Files.createDirectory(folder.resolve("lower"));
            Path upper = Files.createDirectory(folder.resolve("upper"));
            Path work = Files.createDirectory(folder.resolve("work"));
            Mounts.overlay(
                    new OverlayMount(
                            List.of(lower.toString()),
                            Optional.of(new OverlayMount.Upper(upper.toString(), work.toString()))),
                    directory.toString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    void cleanUp(Path directory) {
        Mounts.unmount(directory.toString());
    }

    @Test
    void copiesAreChosenByThemselvesAndOverlayfsIsRefused() {
        Path other = folder.resolve("state/other");
        try (Store store = Store.open(other)) {
            assertThat(store.snapshotter()).isEqualTo(Snapshotter.NATIVE);
        }
        assertThatThrownBy(() -> Store.open(other, SpacePolicy.NONE, Snapshotter.OVERLAYFS))
                .isInstanceOf(StoreFault.class)
                .hasMessageContaining("native");
    }
}
