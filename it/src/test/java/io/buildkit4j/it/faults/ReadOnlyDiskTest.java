package io.buildkit4j.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Leftovers;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk becomes read-only, as ext4 does after an error, while builds run. {@code -Dfaults.drops=20} makes it thorough.
 */
@Tag("root")
class ReadOnlyDiskTest {
    private static final int DROPS = Integer.getInteger("faults.drops", 2);
    private static final long SEED = Long.getLong("faults.seed", System.nanoTime());

    @TempDir
    Path folder;

    @TempDir
    Path elsewhere;

    private Path disk;
    private Path image;
    private final Random random = new Random(SEED);

    @BeforeEach
    void make() throws IOException {
        disk = Files.createDirectories(elsewhere.resolve("disk"));
        image = elsewhere.resolve("image");
        Program.of("truncate", "-s", "300M", image.toString()).run().succeeded();
        Program.of("mkfs.ext4", "-q", image.toString()).run().succeeded();
        mount();
        Files.createDirectories(disk.resolve("state"));
        // neither the socket nor the daemon's output lies on the disk that goes
        Files.createSymbolicLink(folder.resolve("root"), disk.resolve("state"));
    }

    private void mount() {
        Program.of("mount", "-o", "loop,errors=remount-ro", image.toString(), disk.toString())
                .run()
                .succeeded();
    }

    @AfterEach
    void unmount() {
        Program.of("umount", disk.toString()).run().succeeded();
    }

    private void drop() throws IOException {
        String device = Program.of("losetup", "-j", image.toString(), "-O", "NAME", "-n")
                .run()
                .succeeded()
                .out()
                .strip();
        Files.writeString(Path.of("/sys/fs/ext4", Path.of(device).getFileName().toString(), "trigger_fs_error"), "1");
        await().until(() -> !Files.isWritable(disk) || cannotBeWritten());
    }

    private boolean cannotBeWritten() {
        try {
            Files.delete(Files.createFile(disk.resolve("probe")));
            return false;
        } catch (IOException readOnly) {
            return true;
        }
    }

    /** What an administrator does. */
    private void repair() {
        unmount();
        Outcome check = Program.of("e2fsck", "-f", "-y", image.toString()).run();
        assertThat(check.exit()).as(check.said()).isLessThan(4);
        mount();
    }

    @Test
    void errorsAreClearAndTheRepairedDiskServesOrBuildsAgain() throws IOException, InterruptedException {
        Leftovers before = Leftovers.before();
        Site site = new Site(folder);
        List<String> tried = new ArrayList<>();
        for (int round = 0; round < DROPS; round++) {
            try (Daemon daemon = Daemon.start(folder)) {
                site.validated(daemon, 0, 1);
                Process build = site.build(daemon, 100 + round, 20).start(folder.resolve("out"), folder.resolve("err"));
                long instant = random.nextLong(3_000);
                boolean ended = build.waitFor(instant, TimeUnit.MILLISECONDS);
                drop();
                assertThat(build.waitFor(60, TimeUnit.SECONDS)).isTrue();
                tried.add(instant + " ms: " + (ended ? "ended before" : said(build)));
                Outcome after = site.build(daemon, 200 + round, 1).run().failed();
                assertThat(after.err()).containsIgnoringCase("read-only").doesNotContain("\tat ", "Exception");
                Program.buildctl("--addr", daemon.unix(), "du").run().succeeded();
            }
            repair();
            before.noneBelow(folder);
        }
        try (Daemon daemon = Daemon.start(folder)) {
            site.validated(daemon, 0, 1);
            site.validated(daemon, 100, 1);
        }
        System.out.println("the disk became read-only (seed " + SEED + ") after " + String.join("; ", tried));
    }

    private String said(Process build) throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve("err"));
        return build.exitValue() == 0 ? "succeeded" : lines.getLast();
    }
}
