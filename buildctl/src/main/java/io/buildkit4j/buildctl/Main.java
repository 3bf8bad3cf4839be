package io.buildkit4j.buildctl;

import io.buildkit4j.buildctl.command.Program;
import io.buildkit4j.buildctl.command.Surroundings;
import io.buildkit4j.buildctl.tls.LateDefault;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The command line's entry. */
public final class Main {
    /** How long an interrupted build may take to clean up before the process ends all the same. */
    private static final int PATIENCE_SECONDS = 20;

    private Main() {}

    /** Runs one command; exit code 0 when it did what was asked, else 1. */
    public static void main(String[] words) {
        LateDefault.install();
        PrintStream out = new PrintStream(
                new java.io.FileOutputStream(java.io.FileDescriptor.out), false, StandardCharsets.UTF_8);
        Surroundings surroundings = new Surroundings(System.getenv(), System.in, out, System.err);
        Thread working = Thread.currentThread();
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupt(working, ended)));
        int code = new Program(surroundings).run(List.of(words));
        out.flush();
        ended.countDown();
        Runtime.getRuntime().halt(code);
    }

    /** Ctrl-C: the build is interrupted, cleans up after itself, and only then does the process end. */
    @SuppressWarnings("InterruptedExceptionSwallowed") // a shutdown hook is interrupted by nobody
    private static void interrupt(Thread working, CountDownLatch ended) {
        working.interrupt();
        try {
            boolean clean = ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!clean) {
                System.err.println("error: the build did not end within " + PATIENCE_SECONDS + " s of the interrupt");
            }
        } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(1);
    }
}
