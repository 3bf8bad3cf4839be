package io.buildkit4j.worker.listing;

import io.buildkit4j.store.FilePrint;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A listing as a file: gzip, whose checksum tells a damaged one, of a version, a count, and for each entry its path (the
 * length that it has in common with the one before, and the rest), mode, uid, gid and content.
 */
final class ListingFile {
    private static final int VERSION = 1;
    private static final int BUFFER = 64 << 10;

    private ListingFile() {}

    /** Speed counts more than size: most of it is hashes. */
    private static final class Quick extends GZIPOutputStream {
        Quick(java.io.OutputStream out) throws IOException {
            super(out, BUFFER);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    static void write(Path file, List<FilePrint> prints) throws IOException {
        Path aside = Files.createTempFile(file.getParent(), "new", "");
        try {
            try (DataOutputStream out =
                    new DataOutputStream(new BufferedOutputStream(new Quick(Files.newOutputStream(aside)), BUFFER))) {
                out.writeInt(VERSION);
                out.writeInt(prints.size());
                String last = "";
                for (FilePrint print : prints) {
                    int common = common(last, print.path());
                    out.writeShort(common);
                    out.writeUTF(print.path().substring(common));
                    out.writeInt(print.mode());
                    out.writeInt(print.uid());
                    out.writeInt(print.gid());
                    out.writeLong(print.content());
                    last = print.path();
                }
            }
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    private static int common(String a, String b) {
        int most = Math.min(Short.MAX_VALUE, Math.min(a.length(), b.length()));
        int i = 0;
        while (i < most && a.charAt(i) == b.charAt(i)) {
            i++;
        }
        return i;
    }

    static Optional<List<FilePrint>> read(Path file) {
        try (DataInputStream in = new DataInputStream(
                new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file), BUFFER), BUFFER))) {
            if (in.readInt() != VERSION) {
                return Optional.empty();
            }
            int count = in.readInt();
            List<FilePrint> prints = new ArrayList<>();
            String last = "";
            for (int i = 0; i < count; i++) {
                String path = last.substring(0, in.readShort()) + in.readUTF();
                prints.add(new FilePrint(path, in.readInt(), in.readInt(), in.readInt(), in.readLong()));
                last = path;
            }
            boolean whole = in.read() < 0; // reads the checksum
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            return whole ? Optional.of(prints) : Optional.empty();
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException | IndexOutOfBoundsException damaged) {
            return Optional.empty();
        }
    }
}
