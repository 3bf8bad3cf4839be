package io.buildkit4j.store.layer;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.TarEntry;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.budget.Reservation;

/**
 * What a layer may unpack to, so that a small blob cannot fill the disk or keep a thread for ever. Deflate packs at most
 * about a thousand to one; real layers, logs and zeros included, are far from that.
 */
final class LayerLimits {
    /** Content of all files, holes included. */
    private static final long MOST_CONTENT = 1L << 40;
    /** Any blob may unpack to that much. */
    private static final long ALWAYS = 1L << 30;

    private static final long RATIO = 200;

    /** Bytes of memory: of one note besides its name, and of all notes. */
    private static final int NOTE = 160;

    private static final long MOST_NOTED = 320L << 20;

    private final long packed;
    private final Reservation room;
    private final long mostNoted;
    private long noted;
    private long content;
    private long written;
    private long rest;

    /** For a blob of that many bytes; the room grows with what it unpacks to. */
    LayerLimits(long packed, Reservation room) {
        this(packed, room, MOST_NOTED);
    }

    LayerLimits(long packed, Reservation room, long mostNoted) {
        this.packed = packed;
        this.room = room;
        this.mostNoted = mostNoted;
    }

    /** What is remembered of a layer while it is applied: of files nothing, of directories and links their names. */
    void noted(String name) {
        noted += NOTE + 2L * name.length();
        if (noted > mostNoted) {
            throw new StoreFault(
                    Kind.RESOURCE_EXHAUSTED, "it has more directories, links and whiteouts than this machine takes");
        }
    }

    /** Before an entry is applied. */
    void entry(TarEntry entry) {
        room.spend(Reservation.ENTRY);
        content += entry.size();
        if (content > MOST_CONTENT || content < 0) {
            throw new StoreFault(Kind.RESOURCE_EXHAUSTED, "it claims more than 1 TiB of files, as of /" + entry.name());
        }
    }

    /** Bytes after the last entry. */
    void rest(int bytes) {
        rest += bytes;
        if (rest > ALWAYS) {
            throw new StoreFault(Kind.RESOURCE_EXHAUSTED, "more than 1 GiB follows the end of its archive");
        }
    }

    /** Before bytes that are no hole are written. */
    void written(int bytes) {
        room.spend(bytes);
        written += bytes;
        if (written > ALWAYS && written / RATIO > packed) {
            throw new StoreFault(
                    Kind.RESOURCE_EXHAUSTED,
                    "it unpacks to more than " + (written >> 20) + " MiB, " + RATIO
                            + " times what it is packed to: it looks like a decompression bomb");
        }
    }
}
