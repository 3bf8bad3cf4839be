package io.buildkit4j.store.space;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Uninterrupted;
import io.buildkit4j.linux.DiskSpace;
import io.buildkit4j.store.Brake;
import io.buildkit4j.store.Work;
import io.buildkit4j.store.snapshot.ActiveSnapshot;
import io.buildkit4j.store.snapshot.Snapshots;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps processes, which write without asking, below the cap and off a full disk. While steps run one thread looks every
 * few milliseconds how much is free; when enough has been written to matter it measures what is being written, and makes
 * room. When little is left, processes stand still meanwhile. A step that cannot get room is stopped, and done once more
 * after everything that may go is gone. Between steps the same thread applies the rules.
 */
public final class Watch implements AutoCloseable {
    private static final long SAMPLE_MILLIS = 20;
    /** What is thought to be written in a millisecond at most. */
    private static final long FASTEST = 6L << 20;
    /** What is being written is measured at least this often, unless that takes long. */
    private static final long HIDDEN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** When nothing could be removed, how long it is not tried again. */
    private static final long BARREN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long COLLECT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long MIB = 1 << 20;
    private final Space space;
    private final Snapshots snapshots;
    /** Guards the fields below; held for a few instructions, and while a thread is interrupted. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final Set<Step> steps = new HashSet<>();
    private boolean collectWanted;
    private boolean closing;
    private final Thread thread;

    // of the thread only
    private long freeThen = -1;
    private long usedThen;
    private long measured = System.nanoTime();
    private long took;
    private long barren;
    private long pause = SAMPLE_MILLIS;
    private long collected = System.nanoTime() - COLLECT_NANOS;
    private volatile long writing;

    /** A step that runs. */
    static final class Step {
        private final Thread runs = Thread.currentThread();
        private boolean stopped;
        private final Set<Brake> brakes = new HashSet<>();
        volatile boolean sawFullDisk;
        volatile boolean roomWasMade;
    }

    /** Watches this store. */
    public Watch(Space space, Snapshots snapshots) {
        this.space = space;
        this.snapshots = snapshots;
        thread = Thread.ofPlatform().name("store-space").daemon().start(this::run);
    }

    /** See {@link io.buildkit4j.store.Store#brake}. */
    public Work brake(Brake brake) {
        Step step = currentStep().orElse(null);
        if (step == null) {
            return () -> {};
        }
        lock.lock();
        try {
            step.brakes.add(brake);
        } finally {
            lock.unlock();
        }
        return () -> {
            lock.lock();
            try {
                step.brakes.remove(brake);
            } finally {
                lock.unlock();
            }
            brake.go();
        };
    }

    private List<Brake> brakes() {
        lock.lock();
        try {
            return steps.stream().flatMap(step -> step.brakes.stream()).toList();
        } finally {
            lock.unlock();
        }
    }

    /** The step that this thread works for; the one that it was started by may have ended long ago. */
    Optional<Step> currentStep() {
        Optional<Object> step = snapshots.steps().current();
        lock.lock();
        try {
            return step.isPresent() && step.get() instanceof Step own && steps.contains(own)
                    ? Optional.of(own)
                    : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    Step enter() {
        Step step = new Step();
        snapshots.steps().begin(step);
        lock.lock();
        try {
            steps.add(step);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        return step;
    }

    /** Whether it was stopped. */
    boolean leave(Step step) {
        snapshots.steps().end();
        lock.lock();
        try {
            if (steps.remove(step) && step.stopped) {
                // the interrupt was for the step, which has ended
                Thread.interrupted();
            }
            return step.stopped;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that are being written now, measured for this answer. */
    public long writing() throws InterruptedException {
        measure();
        return writing;
    }

    /** Asks for the rules to be applied soon. */
    public void collect() {
        lock.lock();
        try {
            collectWanted = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        while (waitForWork()) {
            try {
                look();
                if (collectIsDue()) {
                    space.collect();
                    collected = System.nanoTime();
                }
            } catch (InterruptedException closed) {
                return;
            } catch (Fault later) {
                // such as a disk that went away: steps meet it themselves
                freeThen = -1;
            }
        }
    }

    private boolean collectIsDue() {
        lock.lock();
        try {
            boolean due = collectWanted && System.nanoTime() - collected >= COLLECT_NANOS;
            collectWanted &= !due;
            return due;
        } finally {
            lock.unlock();
        }
    }

    /** Whether to go on. */
    private boolean waitForWork() {
        lock.lock();
        try {
            while (!closing && steps.isEmpty() && !collectWanted) {
                changed.await();
            }
            long wait = TimeUnit.NANOSECONDS.toMillis(COLLECT_NANOS - (System.nanoTime() - collected));
            long millis = steps.isEmpty() ? Math.clamp(wait, 1, 1_000) : pause;
            long left = closing ? 0 : TimeUnit.MILLISECONDS.toNanos(millis);
            while (left > 0 && !closing) {
                left = changed.awaitNanos(left);
            }
            return !closing;
        } catch (InterruptedException closed) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void look() throws InterruptedException {
        DiskSpace disk = space.disk();
        if (disk.available() < Math.max(4 * MIB, disk.total() / 1000)) {
            fullDisk(disk);
        }
        if (space.policy().cap() == 0) {
            return;
        }
        long headroom = space.headroom();
        // others on this disk free some now and then, which hides what is written meanwhile
        freeThen = freeThen < 0 ? disk.free() + headroom : Math.max(freeThen, disk.free());
        long written = freeThen - disk.free();
        long left = space.limit() - usedThen - written;
        long begun = System.nanoTime();
        boolean due = begun - measured > Math.max(HIDDEN_NANOS, 10 * took);
        if (!due && written < headroom / 16 && (left > headroom / 2 || written < MIB)) {
            return;
        }
        List<Brake> held = left < headroom / 2 ? brakes() : List.of();
        held.forEach(Brake::hold);
        try {
            keep(headroom);
        } finally {
            held.forEach(Brake::go);
        }
        measured = System.nanoTime();
        took = measured - begun;
        freeThen = space.disk().free();
        usedThen = space.written();
        pause = Math.clamp((space.limit() - usedThen - headroom / 8) / FASTEST, 1, SAMPLE_MILLIS);
    }

    /** Counts what is there, makes the room that is promised to processes, and stops the largest when there is none. */
    private void keep(long headroom) throws InterruptedException {
        Map<Object, Long> bySteps = measure();
        space.refresh();
        boolean tight = space.limit() - space.written() <= headroom / 4;
        if (space.holds() || (!tight && System.nanoTime() - barren < BARREN_NANOS)) {
            return;
        }
        List<Brake> held = brakes();
        held.forEach(Brake::hold);
        try {
            long freed = space.makeRoom(space.limit());
            roomMade(freed);
            barren = freed > 0 ? 0 : System.nanoTime();
            if (space.limit() - space.written() < headroom / 4) {
                stopLargest(bySteps);
            }
        } finally {
            held.forEach(Brake::go);
        }
    }

    /** Steps that fail now fail because of it. */
    private void fullDisk(DiskSpace disk) throws InterruptedException {
        lock.lock();
        try {
            steps.forEach(step -> step.sawFullDisk = true);
        } finally {
            lock.unlock();
        }
        roomMade(space.free(Math.max(64 * MIB, disk.total() / 20), "the disk was full"));
    }

    private void roomMade(long freed) {
        lock.lock();
        try {
            steps.forEach(step -> step.roomWasMade |= freed > 0);
        } finally {
            lock.unlock();
        }
    }

    private Map<Object, Long> measure() throws InterruptedException {
        Map<Object, Long> bySteps = new HashMap<>();
        long sum = 0;
        for (ActiveSnapshot active : snapshots.active()) {
            long bytes = active.measure();
            sum += bytes;
            active.step().ifPresent(step -> bySteps.merge(step, bytes, Long::sum));
        }
        writing = sum;
        return bySteps;
    }

    private void stopLargest(Map<Object, Long> bySteps) {
        lock.lock();
        try {
            steps.stream()
                    .max(Comparator.comparingLong(step -> bySteps.getOrDefault(step, 0L)))
                    .filter(largest -> !largest.stopped)
                    .ifPresent(largest -> {
                        largest.stopped = true;
                        largest.runs.interrupt();
                    });
        } finally {
            lock.unlock();
        }
    }

    /** Ends the thread. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
        Uninterrupted.join(thread);
    }
}
