package io.buildkit4j.bench.store;

import io.buildkit4j.linux.FileTree;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.PruneRule;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TreeWriter.Attributes;
import io.buildkit4j.store.Work;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** How long it takes to remove ten thousand records, in chains of ten, while others are being made. */
public final class PruneRecords {
    private static final int RECORDS = 10_000;
    private static final int CHAIN = 10;
    private static final double BILLION = 1e9;

    private final Store store;

    private PruneRecords(Store store) {
        this.store = store;
    }

    /** Three times, in a directory that is made and removed; named by the argument, else below the system's temporary one. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        PrintStream out = System.out;
        for (int run = 0; run < 3; run++) {
            Path directory = arguments.length > 0
                    ? Files.createDirectories(Path.of(arguments[0]))
                    : Files.createTempDirectory("bench-prune");
            try (Store store = Store.open(directory)) {
                out.println(new PruneRecords(store).measure());
            } finally {
                FileTree.remove(directory.toString());
            }
        }
    }

    private String measure() throws InterruptedException {
        for (int chain = 0; chain < RECORDS / CHAIN; chain++) {
            chain("first" + chain).close();
        }
        store.flush();
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger builds = new AtomicInteger();
        AtomicLong slowest = new AtomicLong();
        Thread builder = Thread.ofVirtual().start(() -> {
            while (!over.get()) {
                long begun = System.nanoTime();
                try (Work work = store.work();
                        Ref kept = chain("build" + builds.incrementAndGet())) {
                    slowest.accumulateAndGet(System.nanoTime() - begun, Math::max);
                    if (kept.id().isEmpty() || work == null) {
                        return;
                    }
                } catch (InterruptedException stopped) {
                    return;
                }
            }
        });
        AtomicInteger gone = new AtomicInteger();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long worked = threads.getCurrentThreadCpuTime();
        long begun = System.nanoTime();
        store.prune(PruneRule.everything("bench"), record -> gone.incrementAndGet());
        long took = System.nanoTime() - begun;
        worked = threads.getCurrentThreadCpuTime() - worked;
        over.set(true);
        builder.join();
        return "%,d records removed in %.2f s (%.2f s of processor time) while %d chains of %d were built, the slowest in %.0f ms"
                .formatted(
                        gone.get(),
                        took / BILLION,
                        worked / BILLION,
                        builds.get(),
                        CHAIN,
                        slowest.get() / BILLION * 1000);
    }

    private Ref chain(String name) throws InterruptedException {
        Ref top = store.scratch();
        for (int link = 0; link < CHAIN; link++) {
            try (Ref below = top;
                    ActiveRef active = store.begin(below, RefDescription.regular(name))) {
                write(active, "/" + name + link);
                top = active.commit();
            }
        }
        return top;
    }

    private static void write(ActiveRef active, String path) {
        try (OutputStream out = active.tree().writeFile(path, new Attributes(0644, 0, 0, 1, Map.of()))) {
            out.write(path.getBytes(StandardCharsets.UTF_8));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
