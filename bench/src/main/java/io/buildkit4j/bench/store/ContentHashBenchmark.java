package io.buildkit4j.bench.store;

import io.buildkit4j.image.Digest;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.ContentQuery;
import io.buildkit4j.store.RecordType;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TreeWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What hashing the content of a tree costs for each of its 1,000 files of 2,000 bytes: seen never, and seen before. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ContentHashBenchmark {
    private static final int FILES = 1_000;

    private final TreeWriter.Attributes attributes = new TreeWriter.Attributes(0644, 0, 0, 0, Map.of());
    private final Random random = new Random(1);
    private final Path folder = folder();
    private final Store store = Store.open(folder);
    private Ref seen = fresh();
    private Ref unseen = seen.share();

    private static Path folder() {
        try {
            return Files.createTempDirectory("bench-content");
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    private Ref fresh() {
        try (Ref scratch = store.scratch();
                ActiveRef active = store.begin(scratch, new RefDescription("bench", RecordType.REGULAR))) {
            byte[] bytes = new byte[2_000];
            for (int file = 0; file < FILES; file++) {
                random.nextBytes(bytes);
                try (OutputStream out = active.tree().writeFile("/file-" + file, attributes)) {
                    out.write(bytes);
                }
            }
            return active.commit();
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** A tree that nobody has looked at, and one that was hashed. */
    @Setup(Level.Iteration)
    public void write() throws InterruptedException {
        unseen.close();
        unseen = fresh();
        seen.contentDigest(ContentQuery.ALL);
    }

    /** Removes the store. */
    @TearDown
    public void remove() throws IOException {
        seen.close();
        unseen.close();
        store.close();
        List<Path> all = new ArrayList<>();
        try (var walk = Files.walk(folder)) {
            walk.forEach(all::add);
        }
        for (Path path : all.reversed()) {
            Files.delete(path);
        }
    }

    /** Reads and hashes every file. */
    @Benchmark
    @OperationsPerInvocation(FILES)
    public Digest first() throws InterruptedException {
        return unseen.contentDigest(ContentQuery.ALL);
    }

    /** Finds the hashes. */
    @Benchmark
    @OperationsPerInvocation(FILES)
    public Digest again() throws InterruptedException {
        return seen.contentDigest(ContentQuery.ALL);
    }
}
