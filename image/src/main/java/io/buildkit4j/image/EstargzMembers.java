package io.buildkit4j.image;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.deflate.GzipOutput;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** Cuts a tar into gzip members at the beginning of each piece of content, and notes where they are. */
final class EstargzMembers {
    private static final int PIECE = 4 << 20;

    private final Kept tar;
    private final TarReader reader;
    private final EstargzOutput.Position out;
    private final GzipOutput.Members members;
    private final JsonArray entries = new JsonArray();
    private final byte[] buffer = new byte[1 << 16];
    private OutputStream member;

    EstargzMembers(InputStream tar, EstargzOutput.Position out, GzipOutput.Members members) throws IOException {
        this.tar = new Kept(tar);
        this.reader = new TarReader(this.tar);
        this.out = out;
        this.members = members;
        this.member = members.begin(out);
    }

    /** What was read of the tar and not yet written: the reader reads ahead. */
    private static final class Kept extends FilterInputStream {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        /** Bytes of the tar before those that are kept. */
        private long before;

        Kept(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int count = super.read(into, offset, length);
            if (count > 0) {
                kept.write(into, offset, count);
            }
            return count;
        }

        /** Writes the tar up to this position. */
        void writeTo(OutputStream out, long position) throws IOException {
            int length = (int) (position - before);
            byte[] bytes = kept.toByteArray();
            out.write(bytes, 0, length);
            kept.reset();
            kept.write(bytes, length, bytes.length - length);
            before = position;
        }
    }

    /** Packs the tar to its end; answers the table of contents. */
    JsonObject pack() throws IOException {
        for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
            entry(entry.get());
        }
        tar.writeTo(member, reader.position());
        for (int length = tar.read(buffer, 0, buffer.length);
                length >= 0;
                length = tar.read(buffer, 0, buffer.length)) {
            tar.writeTo(member, tar.before + tar.kept.size());
        }
        tar.writeTo(member, tar.before + tar.kept.size());
        member.close();
        JsonObject table = new JsonObject();
        table.addProperty("version", 1);
        table.add("entries", entries);
        return table;
    }

    private void entry(TarEntry entry) throws IOException {
        JsonObject json = described(entry);
        entries.add(json);
        if (entry.type() != TarEntry.Type.FILE) {
            return;
        }
        if (reader.sparse()) {
            throw new ImageFault(
                    Kind.UNIMPLEMENTED,
                    "the tar has a sparse file, " + entry.name() + ", which eStargz cannot hold: use gzip or zstd");
        }
        MessageDigest whole = Digest.sha256();
        JsonObject piece = json;
        for (long at = 0; at < entry.size(); at += PIECE) {
            long size = Math.min(PIECE, entry.size() - at);
            tar.writeTo(member, reader.position());
            member.close();
            piece.addProperty("offset", out.count());
            member = members.begin(out);
            piece.addProperty("chunkOffset", at);
            if (size == PIECE) {
                piece.addProperty("chunkSize", size);
            }
            piece.addProperty("chunkDigest", content(size, whole).toString());
            if (at + size < entry.size()) {
                piece = new JsonObject();
                piece.addProperty("name", json.get("name").getAsString());
                piece.addProperty("type", "chunk");
                entries.add(piece);
            }
        }
        json.addProperty("digest", Digest.ofHash(whole.digest()).toString());
    }

    private Digest content(long size, MessageDigest whole) throws IOException {
        MessageDigest own = Digest.sha256();
        long left = size;
        while (left > 0) {
            int length = reader.content().read(buffer, 0, (int) Math.min(buffer.length, left));
            if (length < 0) {
                throw new IOException("the tar ends in the middle of an entry");
            }
            own.update(buffer, 0, length);
            whole.update(buffer, 0, length);
            left -= length;
            tar.writeTo(member, reader.position());
        }
        return Digest.ofHash(own.digest());
    }

    private static String typeName(TarEntry.Type type) {
        return switch (type) {
            case FILE -> "reg";
            case HARD_LINK -> "hardlink";
            case LINK -> "symlink";
            case CHARACTER_DEVICE -> "char";
            case BLOCK_DEVICE -> "block";
            case DIRECTORY -> "dir";
            case FIFO -> "fifo";
        };
    }

    private static JsonObject described(TarEntry entry) {
        JsonObject json = new JsonObject();
        boolean directory = entry.type() == TarEntry.Type.DIRECTORY;
        json.addProperty("name", directory ? entry.name() + "/" : entry.name());
        json.addProperty("type", typeName(entry.type()));
        if (entry.size() > 0) {
            json.addProperty("size", entry.size());
        }
        Instant time = Instant.EPOCH.plusNanos(entry.modified()).plusMillis(500).truncatedTo(ChronoUnit.SECONDS);
        if (!time.equals(Instant.EPOCH)) {
            json.addProperty("modtime", time.toString());
        }
        if (!entry.link().isEmpty()) {
            json.addProperty("linkName", entry.link());
        }
        json.addProperty("mode", entry.mode());
        json.addProperty("uid", Integer.toUnsignedLong(entry.uid()));
        json.addProperty("gid", Integer.toUnsignedLong(entry.gid()));
        if (entry.device() != 0) {
            json.addProperty("devMajor", entry.deviceMajor());
            json.addProperty("devMinor", entry.deviceMinor());
        }
        if (!entry.xattrs().isEmpty()) {
            JsonObject xattrs = new JsonObject();
            for (Map.Entry<String, byte[]> xattr : new TreeMap<>(entry.xattrs()).entrySet()) {
                xattrs.addProperty(xattr.getKey(), Base64.getEncoder().encodeToString(xattr.getValue()));
            }
            json.add("xattrs", xattrs);
        }
        return json;
    }
}
