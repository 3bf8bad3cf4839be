package io.buildkit4j.worker.process;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Folders of containers and their processes; they hold files only. */
public final class Bundles {
    private Bundles() {}

    /** Removes the folder, if it is there. */
    public static void remove(Path folder) {
        try {
            for (Path file : entries(folder)) {
                Files.delete(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException failed) {
            throw new WorkerFault(Kind.INTERNAL, "cannot remove " + folder + ": " + failed.getMessage(), failed);
        }
    }

    /** What is in it; nothing when it is not there. */
    public static List<Path> entries(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
    }
}
