package io.buildkit4j.exporter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.buildkit4j.image.TarEntry;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.store.TreeWriter.Attributes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** The same exports out of a store on disk, whose layers are written from directories. */
@Tag("root")
class DiskExportersTest extends ExportersTest {
    private static final Map<String, byte[]> XATTRS = Map.of("user.x", new byte[] {0, -1});

    private Optional<Store> disk = Optional.empty();

    @Override
    Store openStore() {
        Store opened = Store.open(scratch);
        disk = Optional.of(opened);
        return opened;
    }

    @AfterEach
    void closeStore() {
        disk.ifPresent(Store::close);
        FileTree.remove(scratch.resolve("snapshots").toString());
    }

    private static Attributes attributes(int mode, Map<String, byte[]> xattrs) {
        return new Attributes(mode, 7, 8, MemoryTree.TIME, xattrs);
    }

    @Override
    Ref tree() throws InterruptedException {
        Store store = disk.orElseThrow();
        try (Ref nothing = store.scratch();
                ActiveRef active = store.begin(nothing, RefDescription.regular("the only step"))) {
            TreeWriter tree = active.tree();
            tree.makeDirectory("/b", attributes(0040755, Map.of()));
            file(tree, "/b/a", "hello");
            tree.makeHardLink("/b/z", "/b/a");
            tree.makeLink("/b/link", "a", attributes(0120777, Map.of()));
            tree.makeNode("/b/null", TarEntry.device(1, 3), attributes(0020666, Map.of()));
            tree.makeNode("/b/socket", 0, attributes(0140755, Map.of()));
            file(tree, "/b!", "x");
            return active.commit();
        }
    }

    private static void file(TreeWriter tree, String path, String text) {
        try (OutputStream out = tree.writeFile(path, attributes(0104755, XATTRS))) {
            out.write(text.getBytes(UTF_8));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
