package io.buildkit4j.store.space;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.DiskSpace;
import io.buildkit4j.linux.LinuxFault;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.Writing;
import io.buildkit4j.store.snapshot.ActiveSnapshot;
import io.buildkit4j.store.snapshot.Snapshots;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps the store below its cap and off a full disk. While steps run one thread looks every few milliseconds how much is
 * free; when enough has been written to matter it measures what is being written, and makes room. A step that cannot get
 * room is stopped, and done once more after everything that may go is gone. Between steps the same thread applies the rules.
 */
public final class Watch implements AutoCloseable {
    private static final long SAMPLE_MILLIS = 20;
    private static final long COLLECT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long MIB = 1 << 20;
    /** So much written since the last look is looked at. */
    private static final long NOTICED = 2 * MIB;

    private final Path temporary;
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
    private final Tide looked = new Tide();
    private long collected = System.nanoTime() - COLLECT_NANOS;
    private volatile long writing;

    /** Steps begin on many threads: a look too many or a 2 MiB late does no harm. */
    private final Tide begun = new Tide();

    /** Whether so much was written since the last time it had been that it is worth a closer look. */
    private static final class Tide {
        private volatile long freeBefore = -1;

        boolean rose(DiskSpace disk) {
            long before = freeBefore;
            boolean rose = before < 0 || before - disk.free() >= NOTICED;
            freeBefore = rose ? disk.free() : Math.max(before, disk.free());
            return rose;
        }

        void forget() {
            freeBefore = -1;
        }
    }

    /** A step that runs. */
    private static final class Step {
        private final Thread runs = Thread.currentThread();
        private boolean stopped;
        private volatile boolean sawFullDisk;
        private volatile boolean roomWasMade;
    }

    /** Watches the store in this state directory. */
    public Watch(Path root, Space space, Snapshots snapshots) {
        this.temporary = root.resolve("tmp");
        this.space = space;
        this.snapshots = snapshots;
        thread = Thread.ofPlatform().name("store-space").daemon().start(this::run);
    }

    /** See {@link io.buildkit4j.store.Store#withRoom}. */
    public <T> T withRoom(Writing<T> work) throws InterruptedException {
        if (belongsToStep()) {
            return work.run();
        }
        makeHeadroom();
        Fault failure = null;
        for (int attempt = 0; attempt < 2; attempt++) {
            Step step = enter();
            try {
                return work.run();
            } catch (InterruptedException ended) {
                if (!leave(step)) {
                    throw ended;
                }
                failure = new StoreFault(Kind.RESOURCE_EXHAUSTED, full(), ended);
            } catch (Fault failed) {
                leave(step);
                if (!step.sawFullDisk && !isFull(failed)) {
                    throw failed;
                }
                failure = failed;
            } finally {
                leave(step);
            }
            boolean room = space.free(Long.MAX_VALUE / 4, "a step found no room") > 0;
            if (!room && !step.roomWasMade) {
                break;
            }
        }
        throw new StoreFault(Kind.RESOURCE_EXHAUSTED, full(), failure);
    }

    /** Whether this thread works for a step that is running; one that it was started by may have ended long ago. */
    private boolean belongsToStep() {
        Optional<Object> step = snapshots.steps().current();
        lock.lock();
        try {
            return step.isPresent() && steps.contains(step.get());
        } finally {
            lock.unlock();
        }
    }

    private String full() {
        long cap = space.policy().cap();
        DiskSpace disk = space.disk();
        boolean capped = cap > 0 && disk.available() > disk.total() / 100;
        return capped
                ? "no space left: nothing is left to remove below the cap of " + size(cap)
                        + "; raise maxUsedSpace, or build with less"
                : "no space left on the disk, and nothing is left to remove; make room, or build with less";
    }

    static String size(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < 4) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f%s" : "%.2f%s", value, "B kB MB GB TB".split(" ", -1)[unit]);
    }

    private static boolean isFull(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            String said = String.valueOf(at.getMessage()).toLowerCase(Locale.ROOT);
            boolean kernel = at instanceof LinuxFault fault && fault.full();
            if (kernel || said.contains("no space left") || said.contains("database or disk is full")) {
                return true;
            }
        }
        return false;
    }

    private Step enter() {
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
    private boolean leave(Step step) {
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
                looked.forget();
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
            long pause = steps.isEmpty() ? Math.clamp(wait, 1, 1_000) : SAMPLE_MILLIS;
            long left = closing ? 0 : TimeUnit.MILLISECONDS.toNanos(pause);
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

    /** What is kept free below the cap, so that a step that writes fast meets the watch before it meets the cap. */
    private static long headroom(long cap) {
        return Math.min(cap / 4, Math.clamp(cap / 8, 256 * MIB, 1024 * MIB));
    }

    /** Before a step writes anything: a short one may have written all before the next look. */
    private void makeHeadroom() throws InterruptedException {
        long cap = space.policy().cap();
        if (cap == 0 || !begun.rose(space.disk())) {
            return;
        }
        snapshots.measureAll();
        long over = space.settled() - (cap - headroom(cap));
        if (over > 0) {
            space.free(over, "keep at most " + size(cap));
        }
    }

    private void look() throws InterruptedException {
        DiskSpace disk = space.disk();
        if (disk.available() < Math.max(4 * MIB, disk.total() / 1000)) {
            fullDisk(disk);
        }
        long cap = space.policy().cap();
        if (cap == 0 || !looked.rose(disk)) {
            return;
        }
        Map<Object, Long> bySteps = measure();
        snapshots.measureAll();
        long headroom = headroom(cap);
        long used = space.settled() + writing;
        if (used <= cap - headroom) {
            return;
        }
        long freed = space.free(used - cap + headroom + headroom / 2, "keep at most " + size(cap));
        roomMade(freed);
        if (used - freed > cap - headroom / 2) {
            stopLargest(bySteps);
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
        long sum = Elsewhere.bytes(temporary);
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
    @SuppressWarnings({"InterruptedExceptionSwallowed", "ThreadJoinLoop"}) // the interrupt is set again
    public void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
