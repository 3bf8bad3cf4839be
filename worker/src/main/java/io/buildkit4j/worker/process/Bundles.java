package io.buildkit4j.worker.process;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Folders of containers and their processes; they hold files only. */
final class Bundles {
    private Bundles() {}

    static void remove(Path folder) {
        try {
            for (Path file : entries(folder)) {
                Files.delete(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException failed) {
            throw new WorkerFault(Kind.INTERNAL, "cannot remove " + folder + ": " + failed.getMessage(), failed);
        }
    }

    static List<Path> entries(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
    }
}
