package io.buildkit4j.store.space;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.DiskSpace;
import io.buildkit4j.linux.LinuxFault;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.Writing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Runs steps, and runs those once more that found no room, after everything that may go is gone. */
public final class Attempts {
    private final Watch watch;
    private final Space space;

    /** Steps whose first run found no room are run again one at a time. */
    private final Semaphore again = new Semaphore(1, true);

    /** Of steps that this watches. */
    public Attempts(Watch watch, Space space) {
        this.watch = watch;
        this.space = space;
    }

    /** See {@link io.buildkit4j.store.Store#withRoom}. */
    public <T> T withRoom(Writing<T> work) throws InterruptedException {
        if (watch.currentStep().isPresent()) {
            return work.run();
        }
        Attempt<T> first = attempt(work);
        if (first.failure == null) {
            return first.value();
        }
        again.acquire();
        try {
            boolean room = space.free(Long.MAX_VALUE / 4, "a step found no room") > 0;
            Attempt<T> second = room || first.roomWasMade ? attempt(work) : first;
            if (second.failure == null) {
                return second.value();
            }
            throw new StoreFault(Kind.RESOURCE_EXHAUSTED, full(space), second.failure);
        } finally {
            again.release();
        }
    }

    /** How it went; a failure is one that room would have prevented. */
    private record Attempt<T>(List<T> result, @Nullable Throwable failure, boolean roomWasMade) {
        T value() {
            return result.getFirst();
        }
    }

    private <T> Attempt<T> attempt(Writing<T> work) throws InterruptedException {
        Watch.Step step = watch.enter();
        try {
            List<T> result = new ArrayList<>(1);
            result.add(work.run());
            return new Attempt<>(result, null, false);
        } catch (InterruptedException ended) {
            if (!watch.leave(step)) {
                throw ended;
            }
            return new Attempt<>(List.of(), ended, step.roomWasMade);
        } catch (Fault failed) {
            boolean stopped = watch.leave(step);
            if (!stopped && failed.kind() == Kind.CANCELED && Thread.interrupted()) {
                throw new InterruptedException(failed.getMessage());
            }
            if (!stopped && !step.sawFullDisk && !isFull(failed)) {
                throw failed;
            }
            return new Attempt<>(List.of(), failed, step.roomWasMade);
        } finally {
            watch.leave(step);
        }
    }

    static String full(Space space) {
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
}
