package io.buildkit4j.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Leftovers;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.worker.containerd.PrivateContainerd;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A small ext4 of its own that is filled several times over. {@code -Dfaults.disk=2048
 * -Dfaults.workload=20480} (MiB) makes it thorough.
 */
@Tag("root")
class FullDiskTest {
    private static final int DISK = Integer.getInteger("faults.disk", 512);
    private static final int WORKLOAD = Integer.getInteger("faults.workload", 800);
    private static final long MIB = 1 << 20;

    private static final String SHELL = """
            FROM scratch
            COPY busybox /bin/busybox
            RUN ["/bin/busybox", "--install", "-s", "/bin"]
            """;

    private static final String AS_FAST_AS_IT_CAN =
            "for i in 1 2 3; do head -c %d000000 /dev/zero > /bulk$i & done; wait";

    @TempDir
    Path folder;

    private Path disk;

    @BeforeEach
    void mount() throws IOException {
        disk = Files.createDirectories(folder.resolve("disk"));
        Path image = folder.resolve("image");
        Program.of("truncate", "-s", DISK + "M", image.toString()).run().succeeded();
        Program.of("mkfs.ext4", "-q", "-m", "0", image.toString()).run().succeeded();
        Program.of("mount", "-o", "loop", image.toString(), disk.toString())
                .run()
                .succeeded();
    }

    @AfterEach
    void unmount() {
        Program.of("umount", disk.toString()).run().succeeded();
    }

    private Daemon start(String settings, String... flags) throws IOException {
        Path file = folder.resolve("buildkitd.toml");
        Files.writeString(file, "[worker.oci]\n" + settings);
        List<String> words = new ArrayList<>(List.of("--config", file.toString()));
        words.addAll(List.of(flags));
        return Daemon.start(Files.createDirectories(disk.resolve("daemon")), words.toArray(String[]::new));
    }

    /** What the disk's file system holds besides itself, sampled every 10 ms. */
    private static final class Sampled implements AutoCloseable {
        private final FileStore store;
        private final long empty;
        private final AtomicLong most = new AtomicLong();
        private final AtomicBoolean over = new AtomicBoolean();

        Sampled(Path disk) throws IOException {
            store = Files.getFileStore(disk);
            empty = store.getTotalSpace() - store.getUsableSpace();
            Thread.ofPlatform().daemon().start(this::sample);
        }

        private void sample() {
            while (!over.get()) {
                try {
                    most.accumulateAndGet(used(), Math::max);
                    Thread.sleep(10);
                } catch (IOException | InterruptedException stopped) {
                    return;
                }
            }
        }

        long used() throws IOException {
            return store.getTotalSpace() - store.getUsableSpace() - empty;
        }

        void awaitLess(long than) throws IOException, InterruptedException {
            long deadline = System.nanoTime() + 60_000_000_000L;
            while (used() > than) {
                assertThat(System.nanoTime()).as("it goes").isLessThan(deadline);
                Thread.sleep(20);
            }
        }

        @Override
        public void close() {
            over.set(true);
        }
    }

    @Test
    void theCapHoldsWhateverIsBuilt() throws IOException, InterruptedException {
        Leftovers before = Leftovers.before();
        long cap = DISK * MIB * 7 / 10;
        long most;
        try (Sampled sampled = new Sampled(disk);
                Daemon daemon = start("maxUsedSpace = " + cap + "\nminFreeSpace = 0\n")) {
            Site site = new Site(folder);
            int each = DISK / 8;
            for (int number = 0; number * each < WORKLOAD; number++) {
                site.checked(daemon, number, each);
            }
            fills(site, daemon, "head -c %d000000 /dev/urandom > /bulk");
            most = sampled.most.get();
            // memory is filled faster than anybody can look: it is stopped, and what it wrote goes
            fills(site, daemon, AS_FAST_AS_IT_CAN);
            sampled.awaitLess(cap);
            System.out.println("writers as fast as memory: most used " + sampled.most.getAndSet(most) / MIB + " MiB");
            site.checked(daemon, 1000, 1);
            most = sampled.most.get();
        }
        System.out.println(WORKLOAD + " MiB built on a disk of " + DISK + " MiB; most used " + most / MIB
                + " MiB of a cap of " + cap / MIB);
        assertThat(most).isLessThanOrEqualTo(cap);
        before.noneBelow(disk.resolve("daemon"));
    }

    @Test
    void theCapHoldsForContainerdsStepsToo() throws IOException {
        long cap = DISK * MIB * 7 / 10;
        try (PrivateContainerd containerd = PrivateContainerd.start();
                Sampled sampled = new Sampled(disk);
                Daemon daemon = start(
                        "enabled = false\n[worker.containerd]\nmaxUsedSpace = " + cap + "\nminFreeSpace = 0\n",
                        "--containerd-worker=true",
                        "--containerd-worker-addr=" + containerd.socket())) {
            Site site = new Site(folder);
            site.checked(daemon, 0, DISK / 8);
            fills(site, daemon, "head -c %d000000 /dev/urandom > /bulk");
            site.checked(daemon, 1, 1);
            containerd.nothingIsLeft();
            assertThat(sampled.most.get()).isLessThanOrEqualTo(cap);
        }
    }

    private static void fills(Site site, Daemon daemon, String command) {
        String dockerfile = SHELL + "RUN " + command.formatted(DISK * 2) + "\n";
        Outcome large = site.build(daemon, 999, dockerfile).run().failed();
        assertThat(large.err()).contains("no space left");
    }

    @Test
    void aFullDiskMakesRoomWithoutACap() throws IOException {
        Site site = new Site(folder);
        try (Daemon daemon = start("gc = false\n")) {
            for (int number = 0; number < 5; number++) {
                site.checked(daemon, number, DISK / 4);
            }
        }
        try (Daemon daemon = start("minFreeSpace = 0\n")) {
            site.checked(daemon, 10, 1);
        }
    }
}
