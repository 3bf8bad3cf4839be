package io.buildkit4j.worker.containerd;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.ProcessSignals;
import io.buildkit4j.store.Work;
import io.buildkit4j.wire.ContainerdTasks;
import io.buildkit4j.wire.WireFault;
import io.buildkit4j.worker.ProcessExit;
import io.buildkit4j.worker.ProcessOutput;
import io.buildkit4j.worker.RunningProcess;
import io.buildkit4j.worker.WorkerFault;
import io.buildkit4j.worker.process.Bundles;
import io.buildkit4j.worker.process.MemoryKills;
import io.buildkit4j.worker.process.OutputPump;
import io.buildkit4j.worker.process.UsageGroups;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A process that containerd runs, with its streams. */
class TaskProcess implements RunningProcess {
    private static final int KILLED = 128 + 9;

    private final ContainerdTasks tasks;
    private final Task task;
    private final Place place;
    private final Streams streams;
    private final Fifos fifos;
    private final long killings = MemoryKills.count();
    private final List<OutputPump> pumps = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean gone = new AtomicBoolean();
    private volatile int code;
    private volatile @Nullable WorkerFault lost;
    /** Its container could not be removed, so its control group is nobody else's. */
    private volatile boolean stays;

    private Thread watch = Thread.ofVirtual().unstarted(() -> {});

    /**
     * Where a process is prepared.
     *
     * @param folder of its own, removed at the end
     * @param brake of its container, if it ends with this process; closed first, since what stands still cannot be killed
     * @param group where what the container uses is counted, if it ends with this process
     * @param removal of what its container leaves
     * @param later hears of what could not be removed because containerd is away
     */
    record Place(
            Path folder,
            Optional<Work> brake,
            Optional<UsageGroups.Group> group,
            Regardless.Action removal,
            Runnable later) {}

    TaskProcess(ContainerdTasks tasks, ContainerdTasks.Id id, Place place, Fifos fifos, Streams streams) {
        this.tasks = tasks;
        this.task = new Task(tasks, id);
        this.place = place;
        this.fifos = fifos;
        this.streams = streams;
    }

    /** Starts what was made in the way told. */
    void begin(Regardless.Action made, ProcessOutput output) {
        String name = task.id().container();
        if (streams != Streams.CONVERSING) {
            pumps.add(new OutputPump(name + "-out", 1, fifos.output(), output));
        }
        fifos.errors().ifPresent(errors -> pumps.add(new OutputPump(name + "-err", 2, errors, output)));
        boolean running = false;
        try {
            task.start(made);
            fifos.opened();
            running = true;
        } finally {
            if (!running) {
                close();
            }
        }
        watch = Thread.ofVirtual().name(name + "-watch").start(this::watch);
    }

    @SuppressWarnings("InterruptedExceptionSwallowed") // the thread ends with it
    private void watch() {
        try {
            code = task.await();
        } catch (WorkerFault fault) {
            lost = fault;
        } catch (InterruptedException closed) {
            lost = new WorkerFault(Kind.CANCELED, "the process was killed");
        } finally {
            ended.countDown();
        }
    }

    @Override
    public OutputStream input() {
        return streams == Streams.SILENT
                ? fifos.input()
                : new FilterOutputStream(fifos.input()) {
                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        out.write(bytes, offset, length);
                    }

                    @Override
                    public void close() throws IOException {
                        super.close();
                        Regardless.run(() -> tasks.endInput(task.id()));
                    }
                };
    }

    @Override
    public InputStream output() {
        return streams == Streams.CONVERSING ? fifos.output() : InputStream.nullInputStream();
    }

    @Override
    public void resize(int rows, int columns) {
        if (streams == Streams.TERMINAL) {
            Regardless.run(() -> tasks.resize(task.id(), rows, columns));
        }
    }

    @Override
    public void signal(String name) {
        task.signal(ProcessSignals.number(name));
    }

    /** It was started before anybody could ask. */
    @Override
    public void awaitStart() {}

    @Override
    public ProcessExit await() throws InterruptedException {
        try {
            ended.await();
        } finally {
            end();
        }
        return exit();
    }

    @Override
    public Optional<ProcessExit> await(Duration patience) throws InterruptedException {
        return ended.await(patience.toNanos(), TimeUnit.NANOSECONDS) ? Optional.of(await()) : Optional.empty();
    }

    private ProcessExit exit() {
        WorkerFault fault = lost;
        if (fault != null) {
            throw fault;
        }
        return new ProcessExit(
                code,
                code == KILLED && MemoryKills.count() > killings,
                place.group().map(UsageGroups.Group::usage));
    }

    /** Kills it if it runs, removes it, and takes all that it has said. */
    private void end() {
        if (!gone.compareAndSet(false, true)) {
            return;
        }
        if (ended.getCount() > 0) {
            // told while it stands still, it dies at once when it goes on; containerd alone would let it run for a
            // while
            task.killAlone();
        }
        place.brake().ifPresent(Work::close);
        watch.interrupt();
        try {
            Regardless.run(() -> {
                if (ended.getCount() > 0 || lost != null) {
                    task.kill();
                }
                task.remove();
                place.removal().run();
            });
        } catch (WireFault away) {
            stays = true;
            task.killAlone();
            place.later().run();
        } finally {
            fifos.opened();
            pumps.forEach(OutputPump::join);
        }
    }

    @Override
    public void close() {
        try {
            end();
        } finally {
            fifos.close();
            Bundles.remove(place.folder());
            if (!stays) {
                place.group().ifPresent(UsageGroups.Group::close);
            }
        }
    }
}
