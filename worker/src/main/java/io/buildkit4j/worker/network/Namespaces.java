package io.buildkit4j.worker.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Network namespaces with names, as ip-netns(8) keeps them: mounts in one directory, which outlive their makers. */
final class Namespaces {
    private static final Path DIRECTORY = Path.of("/run/netns");

    private Namespaces() {}

    static Path path(String name) {
        return DIRECTORY.resolve(name);
    }

    static void remove(String name) {
        Tool.run(List.of("ip", "netns", "delete", name), "", java.util.Map.of());
    }

    /** Names that begin so. */
    static List<String> named(String prefix) {
        if (!Files.isDirectory(DIRECTORY)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(DIRECTORY)) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith(prefix))
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
