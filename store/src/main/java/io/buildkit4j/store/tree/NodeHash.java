package io.buildkit4j.store.tree;

import io.buildkit4j.footing.NameBytes;
import io.buildkit4j.image.Digest;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.HostFiles;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bytes that an entry's hash is made of, version 1: a version byte; mode, uid, gid as 32 bits and the device as 64;
 * link target; number of extended attributes, each a name and a value in the order of their names; then a file's hash, or a
 * directory's names, each with its entry's hash, in the order of their bytes. Texts and values are preceded by their length
 * in 32 bits.
 */
final class NodeHash {
    private static final byte VERSION = 1;

    private NodeHash() {}

    static MessageDigest begin(FileStatus status, String host, OverlayMarks marks) {
        MessageDigest hash = Digest.sha256();
        boolean hasDevice = switch (status.mode() & FileStatus.TYPE) {
            case FileStatus.CHARACTER_DEVICE, FileStatus.BLOCK_DEVICE -> true;
            default -> false;
        };
        hash.update(VERSION);
        // the permission bits of a link mean nothing and differ between systems
        int mode = status.isLink() ? FileStatus.LINK | 0777 : status.mode();
        hash.update(ByteBuffer.allocate(20)
                .putInt(mode)
                .putInt(status.uid())
                .putInt(status.gid())
                .putLong(hasDevice ? status.device() : 0)
                .flip());
        name(hash, status.isLink() ? HostFiles.readLink(host) : "");
        Map<String, byte[]> attributes = marks.shown(HostFiles.attributes(host));
        number(hash, attributes.size());
        if (!attributes.isEmpty()) {
            new TreeMap<>(attributes).forEach((name, value) -> {
                name(hash, name);
                number(hash, value.length);
                hash.update(value);
            });
        }
        return hash;
    }

    static void name(MessageDigest hash, String name) {
        byte[] bytes = NameBytes.encode(name);
        number(hash, bytes.length);
        hash.update(bytes);
    }

    private static void number(MessageDigest hash, int number) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            hash.update((byte) (number >>> shift));
        }
    }
}
