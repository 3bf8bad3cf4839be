package io.buildkit4j.worker.containerd;

import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.wire.ContainerdTasks;
import io.buildkit4j.worker.RunningProcess.Streams;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The standard streams of a process: fifos in its folder, which the shim opens at the other end. To open one end of a fifo is
 * to wait for the other one; so each is held open in both directions until the shim has it.
 */
final class Fifos implements AutoCloseable {
    private final List<RandomAccessFile> holds = new ArrayList<>();
    private final ContainerdTasks.Streams names;
    private final OutputStream input;
    private final InputStream output;
    private final Optional<InputStream> errors;

    /** Makes them in the folder. */
    Fifos(Path folder, Streams streams) throws IOException {
        boolean complete = false;
        try {
            Path in = folder.resolve("in");
            Path out = folder.resolve("out");
            boolean reads = switch (streams) {
                case SILENT -> false;
                case PIPED, TERMINAL, CONVERSING -> true;
            };
            boolean terminal = streams == Streams.TERMINAL;
            input = reads ? new FileOutputStream(made(in)) : OutputStream.nullOutputStream();
            output = new FileInputStream(made(out));
            String separate = terminal ? "" : made(folder.resolve("err"));
            errors = terminal ? Optional.empty() : Optional.of(new FileInputStream(separate));
            names = new ContainerdTasks.Streams(reads ? in.toString() : "", out.toString(), separate, terminal);
            complete = true;
        } finally {
            if (!complete) {
                opened();
            }
        }
    }

    private String made(Path path) throws IOException {
        HostFiles.makeNode(path.toString(), FileStatus.FIFO | 0600, 0);
        holds.add(new RandomAccessFile(path.toFile(), "rw"));
        return path.toString();
    }

    /** As the shim is told. */
    ContainerdTasks.Streams names() {
        return names;
    }

    /** The shim has opened its ends, or never will: readers come to an end with it. */
    void opened() {
        try {
            for (RandomAccessFile hold : holds) {
                hold.close();
            }
        } catch (IOException unlikely) {
            throw new java.io.UncheckedIOException(unlikely);
        }
    }

    /** What the process reads; nowhere when it reads nothing. A write fails when the process is gone. */
    OutputStream input() {
        return input;
    }

    /** What it writes. */
    InputStream output() {
        return output;
    }

    /** What it writes to standard error, unless that is a terminal. */
    Optional<InputStream> errors() {
        return errors;
    }

    @Override
    public void close() {
        opened();
        try {
            output.close();
            if (errors.isPresent()) {
                errors.get().close();
            }
            input.close();
        } catch (IOException gone) {
            // what was not read is lost, as it is with any pipe
        }
    }
}
