package io.buildkit4j.worker.source.git;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The host keys that one call believes: a file of its own for those that a build names, else the daemon's, in which it
 * remembers whom it meets, so that who has changed since is refused.
 */
record KnownHosts(Path file, boolean own) implements AutoCloseable {
    static KnownHosts of(Path directory, GitLogin login) {
        if (login.knownHosts().isEmpty()) {
            return new KnownHosts(directory.resolve("known_hosts").toAbsolutePath(), false);
        }
        try {
            Path file = Files.createTempFile(directory, "known_hosts", "");
            Files.writeString(file, login.knownHosts().strip() + "\n");
            return new KnownHosts(file.toAbsolutePath(), true);
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot write to " + directory, failed);
        }
    }

    @Override
    public void close() {
        if (own) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }
}
