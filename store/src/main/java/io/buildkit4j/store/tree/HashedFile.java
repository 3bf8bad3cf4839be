package io.buildkit4j.store.tree;

import io.buildkit4j.image.Digest;
import io.buildkit4j.linux.OpenFile;
import io.buildkit4j.store.TreeWriter.Attributes;
import io.buildkit4j.store.budget.Reservation;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Writes a file and hashes what is written; sets the attributes when closed. */
final class HashedFile extends OutputStream {
    private final OpenFile file;
    private final Attributes attributes;
    private final OverlayMarks marks;
    private final Reservation room;
    private final Consumer<byte[]> hashed;
    private final MessageDigest hash = Digest.sha256();
    private boolean closed;

    HashedFile(OpenFile file, Attributes attributes, WritableTree tree, Consumer<byte[]> hashed) {
        this.file = file;
        this.room = tree.room();
        this.attributes = attributes;
        this.marks = tree.marks;
        this.hashed = hashed;
    }

    static void apply(OpenFile file, Attributes attributes, OverlayMarks marks) {
        file.owner(attributes.uid(), attributes.gid());
        if (!attributes.xattrs().isEmpty()) {
            Map<String, byte[]> shown = new HashMap<>(attributes.xattrs());
            shown.keySet().removeIf(marks::own);
            file.attributes(shown);
        }
        file.mode(attributes.mode());
        file.modified(attributes.modified());
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        room.spend(length);
        file.write(bytes, offset, length);
        hash.update(bytes, offset, length);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try (file) {
                apply(file, attributes, marks);
            }
            hashed.accept(hash.digest());
        }
    }
}
