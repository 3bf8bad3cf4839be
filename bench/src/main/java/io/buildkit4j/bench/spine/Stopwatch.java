package io.buildkit4j.bench.spine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Runs a client to its end and times it; keeps each figure's medians for one table at the end. */
public final class Stopwatch {
    private final List<String> rows = new ArrayList<>();
    private final Path log;

    /** With a file for what the clients say. */
    public Stopwatch(Path log) {
        this.log = log;
    }

    /** One run; a failed one ends the benchmark, since its time would mean nothing. */
    public double once(List<String> command, Path input) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectInput(input.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(log.toFile())
                .start();
        int exit = process.waitFor();
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (exit != 0) {
            throw new IllegalStateException(
                    "exit code " + exit + " of " + command + "\n" + java.nio.file.Files.readString(log));
        }
        return seconds;
    }

    /** Notes the median, minimum and maximum of a figure's runs, in seconds. */
    public void note(String figure, double[] seconds) {
        double[] sorted = seconds.clone();
        Arrays.sort(sorted);
        String row = String.format(
                Locale.ROOT,
                "| %-46s | %8.3f | %8.3f | %8.3f | %4d |",
                figure,
                sorted[sorted.length / 2],
                sorted[0],
                sorted[sorted.length - 1],
                sorted.length);
        rows.add(row);
        System.err.println(row);
    }

    /** Notes something that is no time. */
    public void noteOther(String figure, String value) {
        String row = String.format(Locale.ROOT, "| %-46s | %s |", figure, value);
        rows.add(row);
        System.err.println(row);
    }

    /** All figures as a table. */
    public String table() {
        return "| figure | median s | min | max | runs |\n|---|---|---|---|---|\n" + String.join("\n", rows) + "\n";
    }
}
