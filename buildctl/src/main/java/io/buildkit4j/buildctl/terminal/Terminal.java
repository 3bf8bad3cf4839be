package io.buildkit4j.buildctl.terminal;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/** Size of the terminal in characters, asked again now and then because windows change. */
public final class Terminal {
    private static final Duration FRESH = Duration.ofSeconds(2);

    private int rows = 24;
    private int columns = 80;
    private Instant asked = Instant.EPOCH;

    /** Whether a standard stream is a terminal: 1 for output, 2 for errors. Checked without starting a process. */
    public static boolean isTerminal(int stream) {
        // /proc/self/fd/2 is a link to the device; a terminal's is /dev/pts/N, /dev/ttyN or /dev/console
        try {
            String target = java.nio.file.Files.readSymbolicLink(java.nio.file.Path.of("/proc/self/fd/" + stream))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException noProc) {
            return java.util.Objects.requireNonNull(System.console()).isTerminal(); // never null since JDK 22
        }
    }

    /** Rows that fit. */
    public int rows() {
        ask();
        return rows;
    }

    /** Columns that fit. */
    public int columns() {
        ask();
        return columns;
    }

    private void ask() {
        if (Duration.between(asked, Instant.now()).compareTo(FRESH) < 0) {
            return;
        }
        asked = Instant.now();
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectErrorStream(true)
                    .start();
            String[] size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ", -1);
            if (size.length == 2 && !size[0].equals("0") && !size[1].equals("0")) {
                rows = Integer.parseInt(size[0]);
                columns = Integer.parseInt(size[1]);
            }
        } catch (IOException | NumberFormatException unknown) {
            // the size last known, or the usual one, is good enough to go on with
            asked = Instant.now();
        }
    }
}
