package io.buildkit4j.it.faults;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Leftovers;
import io.buildkit4j.it.peer.Program;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daemon is killed, and its files are damaged: it starts again by itself and what it builds is right. Sizes are those of
 * every run of the tests; {@code -Dfaults.builds=500} makes it thorough.
 */
@Tag("root")
class CrashTest {
    private static final int BUILDS = Integer.getInteger("faults.builds", 16);
    private static final long SEED = Long.getLong("faults.seed", System.nanoTime());

    @TempDir
    Path folder;

    private final Random random = new Random(SEED);

    @Test
    void killedAtAnyInstantItStartsAgainAndBuildsRight() throws InterruptedException {
        Leftovers before = Leftovers.before();
        Site site = new Site(folder);
        List<Long> instants = new ArrayList<>();
        Daemon daemon = Daemon.start(folder);
        while (site.builds() < BUILDS) {
            int number = random.nextInt(4);
            Process build = site.build(daemon, number, 1).start(folder.resolve("out"), folder.resolve("err"));
            long instant = random.nextLong(2_000);
            boolean ended = build.waitFor(instant, TimeUnit.MILLISECONDS);
            daemon.kill();
            build.waitFor();
            instants.add(ended ? -instant : instant);
            daemon = Daemon.start(folder);
            site.validated(daemon, number, 1);
            before.noneBelow(folder);
        }
        daemon.close();
        System.out.println("killed (seed " + SEED + ") after milliseconds, negative when the build had ended: "
                + instants + "; " + site.builds() + " builds");
    }

    @Test
    void damagedFilesAreMissesAtWorst() throws IOException, InterruptedException {
        Site site = new Site(folder);
        List<String> damages = new ArrayList<>();
        for (int round = 0; round < Math.max(3, BUILDS / 8); round++) {
            try (Daemon daemon = Daemon.start(folder)) {
                site.validated(daemon, round % 2, 1);
                site.checked(daemon, 2, 1);
                Program.buildctl("--addr", daemon.unix(), "du").run().succeeded();
            }
            for (int i = 0; i < 6; i++) {
                damages.add(damage());
            }
            if (round == 0) {
                Files.write(folder.resolve("root/worker-id"), new byte[] {(byte) 0xff, 0, '\n', '/'});
            }
        }
        try (Daemon daemon = Daemon.start(folder)) {
            site.checked(daemon, 0, 1);
        }
        System.out.println("damaged (seed " + SEED + "): " + String.join("; ", damages));
    }

    private String damage() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder.resolve("root"))) {
            files = all.filter(Files::isRegularFile)
                    .filter(file -> !Files.isSymbolicLink(file) && !file.endsWith("lock"))
                    .sorted()
                    .toList();
        }
        // those right in the root are few of many, and each of a kind: one of them every fourth time
        Path root = folder.resolve("root");
        List<Path> few =
                files.stream().filter(file -> root.equals(file.getParent())).toList();
        List<Path> among = random.nextInt(4) == 0 && !few.isEmpty() ? few : files;
        Path file = among.get(random.nextInt(among.size()));
        long size = Files.size(file);
        String name = folder.relativize(file).toString();
        int kind = random.nextInt(3);
        if (kind == 0) {
            Files.delete(file);
            return name + " deleted";
        }
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            if (kind == 1) {
                open.setLength(size / 2);
                return name + " cut";
            }
            open.seek(size == 0 ? 0 : random.nextLong(size));
            byte[] noise = new byte[32];
            random.nextBytes(noise);
            open.write(noise);
            return name + " overwritten";
        }
    }
}
