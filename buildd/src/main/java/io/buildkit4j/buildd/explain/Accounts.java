package io.buildkit4j.buildd.explain;

import io.buildkit4j.buildd.explain.Lineage.Kinship;
import io.buildkit4j.buildd.log.Log;
import io.buildkit4j.footing.Uninterrupted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * The accounts of all builds that are remembered, each as a file in its build's own directory, with which it goes. They are
 * written in the background: no client waits for them. Safe for any thread.
 */
public final class Accounts implements AutoCloseable {
    /** Steps of a build that are accounted for; of larger builds those that were found are left out first. */
    public static final int MOST_STEPS = 20_000;

    private static final String FILE = "steps";

    private final Path builds;
    private final Log log;
    /** Guards the two maps; held for a few instructions only. */
    private final ReentrantLock lock = new ReentrantLock();

    /** Accounts that are being written. */
    private final Map<String, BuildAccount> fresh = new HashMap<>();

    private final Map<String, Thread> writers = new HashMap<>();

    /** Of builds below this directory, one directory each. */
    public Accounts(Path builds, Log log) {
        this.builds = builds;
        this.log = log;
    }

    /** Keeps the account of a build that has ended. */
    public void keep(BuildAccount account) {
        lock.lock();
        try {
            fresh.put(account.ref(), account);
            writers.put(
                    account.ref(),
                    Thread.ofVirtual().name("account-" + account.ref()).start(() -> write(account)));
        } finally {
            lock.unlock();
        }
    }

    private void write(BuildAccount account) {
        Path own = builds.resolve(account.ref());
        try {
            if (Files.isDirectory(own)) {
                AccountFile.write(own.resolve(FILE), account);
            }
        } catch (IOException failed) {
            log.error("cannot keep the account of a build", failed, "ref", account.ref());
        } finally {
            lock.lock();
            try {
                fresh.remove(account.ref(), account);
                writers.remove(account.ref(), Thread.currentThread());
            } finally {
                lock.unlock();
            }
        }
    }

    /** The account of a build, while it is remembered. */
    public Optional<BuildAccount> find(String ref) {
        lock.lock();
        try {
            BuildAccount known = fresh.get(ref);
            if (known != null) {
                return Optional.of(known);
            }
        } finally {
            lock.unlock();
        }
        return heads().stream()
                .filter(head -> head.ref().equals(ref))
                .findFirst()
                .flatMap(this::whole);
    }

    /** The account of the newest build. */
    public Optional<BuildAccount> last() {
        return heads().stream().findFirst().flatMap(this::whole);
    }

    /** Up to so many of the closest relatives that are older than this build, the newest first. */
    List<Relative> before(BuildAccount build, int most) {
        Map<Kinship, List<BuildAccount>> relatives = new EnumMap<>(Kinship.class);
        for (BuildAccount head : heads()) {
            Optional<Kinship> kinship = build.lineage().kinship(head.lineage());
            boolean older =
                    head.created().isBefore(build.created()) && !head.ref().equals(build.ref());
            if (older && !head.refused() && kinship.isPresent()) {
                relatives
                        .computeIfAbsent(kinship.get(), absent -> new ArrayList<>())
                        .add(head);
            }
        }
        return relatives.entrySet().stream()
                .max(Map.Entry.comparingByKey())
                .map(closest -> closest.getValue().stream()
                        .limit(most)
                        .flatMap(head -> whole(head).stream())
                        .map(account -> new Relative(account, closest.getKey()))
                        .toList())
                .orElse(List.of());
    }

    /** An earlier build. */
    record Relative(BuildAccount account, Kinship kinship) {}

    /** Up to so many builds of the same lineage, the newest first. */
    List<BuildAccount> alike(Lineage lineage, int most) {
        List<BuildAccount> found = new ArrayList<>();
        for (BuildAccount head : heads()) {
            if (found.size() < most
                    && !head.refused()
                    && lineage.kinship(head.lineage()).isPresent()) {
                whole(head).ifPresent(found::add);
            }
        }
        return found;
    }

    /** All accounts without their steps, the newest first. */
    private List<BuildAccount> heads() {
        Map<String, BuildAccount> heads = new HashMap<>();
        try (Stream<Path> all = Files.list(builds)) {
            all.forEach(own -> AccountFile.readHead(own.resolve(FILE))
                    .ifPresent(head -> heads.put(own.getFileName().toString(), head)));
        } catch (IOException none) {
            // no build yet
        }
        lock.lock();
        try {
            heads.putAll(fresh);
        } finally {
            lock.unlock();
        }
        return heads.values().stream()
                .sorted(Comparator.comparing(BuildAccount::created).reversed())
                .toList();
    }

    private Optional<BuildAccount> whole(BuildAccount head) {
        return head.steps().isEmpty()
                ? AccountFile.read(builds.resolve(head.ref()).resolve(FILE))
                : Optional.of(head);
    }

    /** Waits for what is being written. */
    @Override
    public void close() {
        List<Thread> left;
        lock.lock();
        try {
            left = List.copyOf(writers.values());
        } finally {
            lock.unlock();
        }
        left.forEach(Uninterrupted::join);
    }
}
