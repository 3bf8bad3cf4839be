package io.buildkit4j.store.space;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.ListedFile;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Bytes below the state directory that belong to no record: the database, histories, repositories. Measured now and then. */
final class Elsewhere {
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** What records are made of, and what is counted as it is written. */
    private static final Set<String> COUNTED = Set.of("snapshots", "flat", "content", "mounts", "tmp");

    private final Path root;
    private volatile long measured;
    private volatile long at;

    Elsewhere(Path root) {
        this.root = root;
    }

    /** As of a moment ago. */
    long bytes() {
        if (at == 0 || System.nanoTime() - at > FRESH_NANOS) {
            refresh();
        }
        return measured;
    }

    /** As of now. */
    void refresh() {
        at = System.nanoTime();
        measured = measure();
    }

    private long measure() {
        long sum = 0;
        for (ListedFile file : HostFiles.list(root.toString())) {
            if (!COUNTED.contains(file.name())) {
                sum += bytes(root.resolve(file.name()));
            }
        }
        return sum;
    }

    /** On disk; of files that come and go while this is measured some may be missed. */
    static long bytes(Path path) {
        long[] blocks = new long[1];
        try {
            FileStatus top = HostFiles.find(path.toString()).orElse(null);
            if (top == null) {
                return 0;
            }
            blocks[0] = top.blocks();
            if (top.isDirectory()) {
                FileTree.walk(path.toString(), (below, status) -> {
                    blocks[0] += status.blocks();
                    return true;
                });
            }
        } catch (Fault gone) {
            // counted the next time
        } catch (InterruptedException canceled) {
            Thread.currentThread().interrupt();
        }
        return blocks[0] * 512;
    }
}
