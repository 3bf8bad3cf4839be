package io.buildkit4j.store.disk;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.store.StoreFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The file that makes a state directory one process's own. The kernel ends the lock with its holder. */
final class StateLock implements AutoCloseable {
    private final FileChannel channel;

    private StateLock(FileChannel channel) {
        this.channel = channel;
    }

    static StateLock take(Path file) {
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                throw new StoreFault(
                        Kind.FAILED_PRECONDITION,
                        "the state directory " + file.getParent() + " is in use by process "
                                + Files.readString(file).strip() + "; stop it or choose another directory");
            }
            String pid = ProcessHandle.current().pid() + "\n";
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
            return new StateLock(channel);
        } catch (IOException failed) {
            throw new StoreFault(Kind.FAILED_PRECONDITION, "cannot lock " + file + ": " + failed.getMessage(), failed);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException ownProcess) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failed) {
            throw new StoreFault(Kind.UNKNOWN, "cannot release the state directory: " + failed.getMessage(), failed);
        }
    }
}
