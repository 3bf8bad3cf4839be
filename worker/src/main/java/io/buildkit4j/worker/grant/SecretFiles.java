package io.buildkit4j.worker.grant;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.Mounts;
import io.buildkit4j.linux.OpenFile;
import io.buildkit4j.llb.ExecMount.Grant;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The secrets of one step as files in memory, in a directory that only root may enter. They are gone when it is closed. */
public final class SecretFiles implements AutoCloseable {
    private final Path directory;
    private int count;

    private SecretFiles(Path directory) {
        this.directory = directory;
    }

    /** An empty one at this path, which does not exist. */
    public static SecretFiles open(Path directory) {
        try {
            Files.createDirectories(directory);
            Mounts.memory(directory.toString(), OptionalLong.empty(), 0700);
            return new SecretFiles(directory);
        } catch (IOException failed) {
            throw new WorkerFault(
                    Kind.INTERNAL, "cannot prepare secrets in " + directory + ": " + failed.getMessage(), failed);
        }
    }

    /** A file with the secret, owned and readable as the grant says. */
    public Path add(byte[] value, Grant grant) {
        Path file = directory.resolve(Integer.toString(count++));
        try (OpenFile open = HostFiles.create(file.toString(), 0600)) {
            open.write(value, 0, value.length);
            open.owner(grant.uid(), grant.gid());
            open.mode(grant.mode() & 07777);
        }
        return file;
    }

    @Override
    public void close() {
        Mounts.detach(directory.toString());
        try {
            Files.deleteIfExists(directory);
        } catch (IOException ignored) {
            // an empty directory, removed at the next start
        }
    }
}
