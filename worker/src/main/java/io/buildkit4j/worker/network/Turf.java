package io.buildkit4j.worker.network;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A number that no other daemon of this machine has, for names and addresses that all of the machine shares. It is a file
 * that is locked as long as its holder lives, so that what bears the number of a file that was free has no owner any more.
 */
final class Turf implements AutoCloseable {
    private static final Path DIRECTORY = Path.of("/run/buildkit4j");

    private final FileChannel channel;
    private final int number;

    private Turf(FileChannel channel, int number) {
        this.channel = channel;
        this.number = number;
    }

    /** The first that is free of so many; {@code kind} tells numbers of different things apart. */
    static Turf take(String kind, int count) {
        try {
            Path folder = Files.createDirectories(DIRECTORY.resolve(kind));
            for (int number = 0; number < count; number++) {
                FileChannel channel = lock(folder.resolve(Integer.toString(number)));
                if (channel != null) {
                    return new Turf(channel, number);
                }
            }
        } catch (IOException failed) {
            throw new WorkerFault(
                    Kind.FAILED_PRECONDITION, "cannot use " + DIRECTORY + ": " + failed.getMessage(), failed);
        }
        throw new WorkerFault(Kind.RESOURCE_EXHAUSTED, "more than " + count + " daemons use the network " + kind);
    }

    private static @Nullable FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException anotherDaemonOfThisProcess) {
            // closed below
        }
        channel.close();
        return null;
    }

    int number() {
        return number;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // the lock goes with the process at the latest
        }
    }
}
