package io.buildkit4j.it.extending;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.worker.Source;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** {@code shelf://NAME}: a file of the daemon's own machine. */
final class ShelfSource implements Source {
    private final Path shelf;

    ShelfSource(Path shelf) {
        this.shelf = shelf;
    }

    @Override
    public String scheme() {
        return "shelf";
    }

    @Override
    public String version(Wanted wanted) {
        return Digest.of(read(wanted)).toString();
    }

    @Override
    public void fetch(Wanted wanted, String version, TreeWriter tree) {
        byte[] bytes = read(wanted);
        if (!Digest.of(bytes).toString().equals(version)) {
            throw new WorkerFault(Kind.ABORTED, wanted.place() + " was changed meanwhile: build again");
        }
        TreeWriter.Attributes attributes = new TreeWriter.Attributes(0644, 0, 0, 0, Map.of());
        try (OutputStream to = tree.writeFile("/" + wanted.place(), attributes)) {
            to.write(bytes);
        } catch (IOException failed) {
            throw new WorkerFault(Kind.INTERNAL, "cannot keep " + wanted.place() + ": " + failed.getMessage(), failed);
        }
    }

    private byte[] read(Wanted wanted) {
        if (!wanted.place().matches("[a-z0-9]+")) {
            throw new WorkerFault(Kind.INVALID_ARGUMENT, "no name of a thing on the shelf: " + wanted.place());
        }
        try {
            return Files.readAllBytes(shelf.resolve(wanted.place()));
        } catch (IOException failed) {
            throw new WorkerFault(Kind.NOT_FOUND, "there is no " + wanted.place() + " on the shelf", failed);
        }
    }
}
