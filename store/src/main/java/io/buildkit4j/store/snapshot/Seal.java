package io.buildkit4j.store.snapshot;

import io.buildkit4j.footing.NameBytes;
import io.buildkit4j.linux.FileStatus;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Tells whether files have changed since they were committed, from what the kernel says of each. Number of links and time
 * of the inode's change are not in it, because flat directories change them.
 */
final class Seal {
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer numbers = ByteBuffer.allocate(40);
    private long count;

    void add(String path, FileStatus status) {
        crc.update(NameBytes.encode(path));
        numbers.clear()
                .putInt(status.mode())
                .putInt(status.uid())
                .putInt(status.gid())
                .putLong(status.isDirectory() ? 0 : status.size())
                .putLong(status.modified())
                .putLong(status.device())
                .flip();
        crc.update(numbers);
        count++;
    }

    long value() {
        return (count << 32 | crc.getValue()) & Long.MAX_VALUE;
    }
}
