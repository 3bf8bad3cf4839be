package io.buildkit4j.store.tree;

import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.LinuxFault;
import io.buildkit4j.linux.OpenFile;
import io.buildkit4j.store.TreeWriter.Attributes;
import io.buildkit4j.store.budget.Reservation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Files of the upper directory by their place on the host. */
final class UpperFiles {
    private final Described described;
    private final Reservation room;
    /** Files that are named already and made when their bytes come: made now they would be opened twice. */
    private final Map<String, Attributes> awaited = new HashMap<>();

    UpperFiles(Described described, Reservation room) {
        this.described = described;
        this.room = room;
    }

    /** Fills the new file. */
    void copy(OpenFile in, long size, OpenFile out, Attributes attributes) {
        room.spend(size);
        out.copyFrom(in, size);
        HashedFile.apply(out, attributes, described.marks());
    }

    /** Makes the file, which is one with another, one of its own. */
    void separate(String host) {
        FileStatus status = HostFiles.status(host);
        Attributes attributes = described.of(status, host);
        room.spend(Reservation.ENTRY);
        try (OpenFile in = HostFiles.open(host)) {
            HostFiles.remove(host);
            try (OpenFile out = HostFiles.create(host, status.mode() & 0777)) {
                copy(in, status.size(), out, attributes);
            }
        }
    }

    /** Makes a second name of the file; false where the file system has no further name for it. */
    boolean link(String host, String from) {
        try {
            HostFiles.makeHardLink(host, from);
            return true;
        } catch (LinuxFault failed) {
            if (failed.tooManyLinks()) {
                return false;
            }
            throw failed;
        }
    }

    void await(String host, Attributes attributes) {
        awaited.put(host, attributes);
    }

    /** The file that was awaited, for its bytes. */
    OpenFile begin(String host, Attributes attributes) {
        return awaited.remove(host) == null
                ? HostFiles.overwrite(host)
                : HostFiles.create(host, attributes.mode() & 0777);
    }

    /** Makes an awaited file, empty, because somebody looks at it. */
    void make(String host) {
        Attributes attributes = awaited.remove(host);
        if (attributes != null) {
            try (OpenFile file = HostFiles.create(host, attributes.mode() & 0777)) {
                HashedFile.apply(file, attributes, described.marks());
            }
        }
    }

    /** Makes what is still awaited, empty. */
    void makeAll() {
        List.copyOf(awaited.keySet()).forEach(this::make);
    }

    /** Removes the file, made or not. */
    void remove(String host) {
        if (awaited.remove(host) == null) {
            HostFiles.remove(host);
        }
    }
}
