package io.buildkit4j.buildctl.progress;

import io.buildkit4j.buildctl.UsageFault;
import io.buildkit4j.buildctl.terminal.Terminal;
import io.buildkit4j.client.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** Chooses how a build is shown. */
public final class Displays {
    private Displays() {}

    /**
     * The display by its name: {@code auto}, {@code plain}, {@code tty}, {@code quiet}, {@code rawjson} or {@code none}.
     * Automatic is a live terminal where there is one, and plain lines elsewhere.
     */
    public static Display named(String name, PrintStream out, Map<String, String> environment) {
        boolean colours = !environment.containsKey("NO_COLOR");
        return switch (name) {
            case "auto" ->
                Terminal.isTerminal(2) ? new TerminalDisplay(out, new Terminal(), colours) : new PlainDisplay(out);
            case "plain" -> new PlainDisplay(out);
            case "tty" -> {
                if (!Terminal.isTerminal(2)) {
                    throw new UsageFault("--progress=tty needs a terminal; use --progress=plain");
                }
                yield new TerminalDisplay(out, new Terminal(), colours);
            }
            case "quiet", "none" -> Display.NONE;
            case "rawjson" -> json(out);
            default -> throw new UsageFault("--progress takes auto, plain, tty, rawjson or quiet, not: " + name);
        };
    }

    private static Display json(PrintStream out) {
        Frames frames = new Frames(false);
        return frame -> {
            out.print(frames.line(frame));
            out.flush();
        };
    }

    /** A trace file of JSON lines, appended to or made for its owner only; each frame is in it when {@code show} returns. */
    public static Display trace(Path file) {
        Frames frames = new Frames(true);
        Writer writer;
        try {
            if (!Files.exists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            writer = Files.newBufferedWriter(file, StandardOpenOption.APPEND);
        } catch (IOException failed) {
            throw new UsageFault("the trace file cannot be written: " + failed.getMessage());
        }
        return new Display() {
            @Override
            public void show(Progress frame) {
                try {
                    writer.write(frames.line(frame));
                    writer.flush();
                } catch (IOException full) {
                    throw new UncheckedIOException("the trace file cannot be written", full);
                }
            }

            @Override
            public void close() {
                try {
                    writer.close();
                } catch (IOException full) {
                    throw new UncheckedIOException("the trace file cannot be written", full);
                }
            }
        };
    }
}
