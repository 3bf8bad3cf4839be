package io.buildkit4j.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pruning never takes anything from a running build. {@code -Dfaults.pruned=1000} makes it thorough. */
@Tag("root")
class PruneTest {
    private static final int BUILDS = Integer.getInteger("faults.pruned", 10);

    @TempDir
    Path folder;

    @Test
    void buildsSucceedWhileEverythingIsPruned() throws InterruptedException {
        try (Daemon daemon = Daemon.start(folder)) {
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger prunes = new AtomicInteger();
            Thread pruner = Thread.ofVirtual().start(() -> {
                while (!over.get()) {
                    Program.buildctl("--addr", daemon.unix(), "prune", "--all")
                            .run()
                            .succeeded();
                    prunes.incrementAndGet();
                }
            });
            Site site = new Site(folder);
            try {
                for (int number = 0; number < BUILDS; number++) {
                    site.checked(daemon, number % 5, 1);
                }
            } finally {
                over.set(true);
                pruner.join();
            }
            System.out.println(BUILDS + " builds while everything was pruned " + prunes + " times");
            assertThat(prunes).hasPositiveValue();
            Program.buildctl("--addr", daemon.unix(), "prune", "--all").run().succeeded();
            assertThat(Program.buildctl("--addr", daemon.unix(), "du")
                            .run()
                            .succeeded()
                            .out())
                    .contains("Total:        0B");
            assertThat(daemon.root().resolve("snapshots").toFile().list()).containsExactly("empty");
            assertThat(daemon.root().resolve("content/blobs/sha256")).isEmptyDirectory();
            assertThat(Program.buildctl("--addr", daemon.unix(), "df")
                            .run()
                            .succeeded()
                            .out())
                    .contains("RULES", "total");
        }
        assertThat(Files.exists(folder.resolve("root/lock"))).isTrue();
    }
}
