package io.buildkit4j.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Leftovers;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private Daemon start(String settings) throws IOException {
        Path file = folder.resolve("buildkitd.toml");
        Files.writeString(file, "[worker.oci]\n" + settings);
        return Daemon.start(Files.createDirectories(disk.resolve("daemon")), "--config", file.toString());
    }

    @Test
    void theCapHoldsWhateverIsBuilt() throws IOException, InterruptedException {
        Leftovers before = Leftovers.before();
        long cap = DISK * MIB * 7 / 10;
        FileStore store = Files.getFileStore(disk);
        long empty = store.getTotalSpace() - store.getUsableSpace();
        AtomicLong most = new AtomicLong();
        AtomicBoolean over = new AtomicBoolean();
        try (Daemon daemon = start("maxUsedSpace = " + cap + "\nminFreeSpace = 0\n")) {
            Thread sampler = Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    try {
                        most.accumulateAndGet(store.getTotalSpace() - store.getUsableSpace() - empty, Math::max);
                        Thread.sleep(10);
                    } catch (IOException | InterruptedException stopped) {
                        return;
                    }
                }
            });
            Site site = new Site(folder);
            int each = DISK / 8;
            try {
                for (int number = 0; number * each < WORKLOAD; number++) {
                    site.checked(daemon, number, each);
                }
                for (String command : List.of("head -c %d000000 /dev/urandom > /bulk", AS_FAST_AS_IT_CAN)) {
                    String dockerfile = SHELL + "RUN " + command.formatted(DISK * 2) + "\n";
                    Outcome large = site.build(daemon, 999, dockerfile).run().failed();
                    assertThat(large.err()).contains("no space left");
                }
                site.checked(daemon, 1000, 1);
            } finally {
                over.set(true);
                sampler.join();
            }
        }
        System.out.println(WORKLOAD + " MiB built on a disk of " + DISK + " MiB; most used " + most.get() / MIB
                + " MiB of a cap of " + cap / MIB);
        assertThat(most.get()).isLessThanOrEqualTo(cap);
        before.noneBelow(disk.resolve("daemon"));
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
