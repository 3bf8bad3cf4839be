package io.buildkit4j.client.files;

import io.buildkit4j.client.ClientFault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.FileTarget;
import io.buildkit4j.wire.WireFault;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A file that appears when it is complete, or standard output. */
public final class ByteTarget implements FileTarget.Bytes {
    private static final int BUFFER = 256 << 10;

    private record Renaming(Path part, Path whole) {}

    private final OutputStream stream;
    private final Optional<Renaming> renaming;

    private ByteTarget(OutputStream stream, Optional<Renaming> renaming) {
        this.stream = stream;
        this.renaming = renaming;
    }

    /** What could be known before the build to go wrong after it. */
    public static void check(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            throw new ClientFault(Kind.INVALID_ARGUMENT, "cannot write " + file + ": it is a directory");
        }
        if (directory == null || !Files.isDirectory(directory)) {
            throw new ClientFault(Kind.NOT_FOUND, "cannot write " + file + ": " + directory + " is not a directory");
        }
        if (!Files.isWritable(Files.exists(file) && !Files.isRegularFile(file) ? file : directory)) {
            throw new ClientFault(Kind.PERMISSION_DENIED, "cannot write " + file + ": permission denied");
        }
    }

    /** Opens a file; it is written beside its place, unless its place is a pipe or a device. */
    public static ByteTarget open(Path file) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                return new ByteTarget(Files.newOutputStream(file, StandardOpenOption.WRITE), Optional.empty());
            }
            Path whole = Files.isSymbolicLink(file) ? file.toRealPath() : file.toAbsolutePath();
            Path part = whole.resolveSibling("." + whole.getFileName() + ".part-"
                    + ProcessHandle.current().pid());
            return new ByteTarget(Files.newOutputStream(part), Optional.of(new Renaming(part, whole)));
        } catch (IOException failed) {
            throw new WireFault(Kind.UNKNOWN, "cannot write " + file + ": " + failed.getMessage(), failed);
        }
    }

    /** This process's standard output, past any print stream. */
    public static ByteTarget standardOutput() {
        return new ByteTarget(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER), Optional.empty());
    }

    @Override
    public OutputStream stream() {
        return stream;
    }

    @Override
    public void finish() throws IOException {
        stream.flush();
        if (renaming.isPresent()) {
            stream.close();
            Files.move(
                    renaming.get().part,
                    renaming.get().whole,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Override
    public void abandon() {
        if (renaming.isEmpty()) {
            return;
        }
        try {
            stream.close();
            Files.deleteIfExists(renaming.get().part);
        } catch (IOException ignored) {
            // the part is worthless, and its name tells so
        }
    }
}
