package io.buildkit4j.worker.containerd;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.ProcessSignals;
import io.buildkit4j.wire.ContainerdTasks;
import io.buildkit4j.wire.WireFault;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** One process in containerd's care, from its making to its removal. Used by one thread at a time, but for signals. */
final class Task {
    /** How long containerd may be away, as when it is replaced by another version, while a process goes on. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

    private static final long PAUSE = 50;
    private static final int KILL = 9;
    private static final String CAUSE = "create failed: ";

    private final ContainerdTasks tasks;
    private final ContainerdTasks.Id id;
    private volatile int process;

    Task(ContainerdTasks tasks, ContainerdTasks.Id id) {
        this.tasks = tasks;
        this.id = id;
    }

    ContainerdTasks.Id id() {
        return id;
    }

    /** Makes what is told and starts it. */
    void start(Regardless.Action made) {
        try {
            Regardless.run(made);
            Regardless.run(() -> process = tasks.start(id));
        } catch (WireFault failed) {
            throw fault(failed);
        }
    }

    /** The runtime's own reason is the end of a long sentence. */
    static WorkerFault fault(WireFault failed) {
        if (failed.kind() == Kind.UNAVAILABLE) {
            return new WorkerFault(Kind.UNAVAILABLE, String.valueOf(failed.getMessage()), failed);
        }
        String message = String.valueOf(failed.getMessage());
        int cut = message.lastIndexOf(CAUSE);
        return new WorkerFault(
                Kind.FAILED_PRECONDITION, cut < 0 ? message : message.substring(cut + CAUSE.length()), failed);
    }

    /** Waits for its end, through a restart of containerd; answers its exit code. */
    int await() throws InterruptedException {
        long away = 0;
        while (true) {
            try {
                return tasks.await(id);
            } catch (WireFault failed) {
                long now = System.nanoTime();
                away = away == 0 ? now : away;
                if (failed.kind() != Kind.UNAVAILABLE || now - away > PATIENCE) {
                    throw new WorkerFault(
                            failed.kind(), "the process was lost while it ran: " + failed.getMessage(), failed);
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    /** Sends it a signal; to nobody when it has ended. */
    void signal(int number) {
        Regardless.run(() -> tasks.signal(id, number));
    }

    /** Kills it if it runs, and waits until it is gone. If it is the container's first, all others go with it. */
    void kill() throws InterruptedException {
        tasks.signal(id, KILL);
        try {
            tasks.await(id);
        } catch (WireFault gone) {
            if (gone.kind() != Kind.NOT_FOUND) {
                throw gone;
            }
        }
    }

    /** Kills it without containerd, which may be away; answers at once. */
    void killAlone() {
        try {
            if (process > 0
                    && Files.readString(Path.of("/proc/" + process + "/cgroup")).contains(id.container())) {
                ProcessSignals.send(process, KILL);
            }
        } catch (IOException ended) {
            // there is nothing to kill
        }
    }

    /** Removes what is left of it. */
    void remove() throws InterruptedException {
        tasks.remove(id);
    }
}
