package io.buildkit4j.worker.process;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.ProcessSignals;
import io.buildkit4j.linux.Terminal;
import io.buildkit4j.store.Work;
import io.buildkit4j.worker.ProcessExit;
import io.buildkit4j.worker.ProcessOutput;
import io.buildkit4j.worker.RunningProcess;
import io.buildkit4j.worker.WorkerFault;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One process that a runtime runs in the foreground. */
class RuncProcess implements RunningProcess {
    /** Milliseconds between two looks whether it runs. */
    private static final long LOOK = 3;

    private static final int WINDOW_CHANGED = 28;
    private static final int KILL = 9;

    private final Place place;
    private final Streams streams;
    private final long killings = MemoryKills.count();
    private final Optional<Terminal> terminal;
    private final Process runtime;
    private final Container container;
    private final List<OutputPump> pumps = new ArrayList<>();

    /**
     * Where a process is prepared.
     *
     * @param id of its container
     * @param folder of its own, for the runtime's log and the process's number; removed at the end
     * @param brake of the container, if it ends with this process; closed before the container is killed, since what stands
     *     still cannot be
     * @param group where what the container uses is counted, if it ends with this process
     */
    record Place(
            RuntimeCommand runtime, String id, Path folder, Optional<Work> brake, Optional<UsageGroups.Group> group) {
        boolean first() {
            return brake.isPresent();
        }

        Path log() {
            return folder.resolve("log.json");
        }

        Path number() {
            return folder.resolve("number");
        }
    }

    RuncProcess(Place place, List<String> arguments, Streams streams, ProcessOutput output) {
        this.place = place;
        this.streams = streams;
        this.terminal = streams == Streams.TERMINAL ? Optional.of(Terminal.open()) : Optional.empty();
        try {
            this.runtime = place.runtime().start(arguments, place.log(), streams, terminal);
        } catch (WorkerFault failed) {
            terminal.ifPresent(Terminal::close);
            place.brake().ifPresent(Work::close);
            throw failed;
        }
        Path state = place.runtime().state();
        this.container = new Container(
                place.id(), state, runtime, place.first() ? Optional.empty() : Optional.of(place.number()));
        String name = place.folder().getFileName().toString();
        if (terminal.isPresent()) {
            pumps.add(new OutputPump(name + "-out", 1, terminal.get().output(), output));
            return;
        }
        if (streams != Streams.CONVERSING) {
            pumps.add(new OutputPump(name + "-out", 1, runtime.getInputStream(), output));
        }
        pumps.add(new OutputPump(name + "-err", 2, runtime.getErrorStream(), output));
    }

    @Override
    public OutputStream input() {
        return terminal.map(Terminal::input).orElseGet(runtime::getOutputStream);
    }

    @Override
    public InputStream output() {
        return streams == Streams.CONVERSING ? runtime.getInputStream() : InputStream.nullInputStream();
    }

    @Override
    public void resize(int rows, int columns) {
        terminal.ifPresent(shown -> {
            shown.resize(rows, columns);
            ProcessSignals.send(runtime.pid(), WINDOW_CHANGED);
        });
    }

    /** The runtime passes signals on to its process, but dies of this one itself. */
    @Override
    public void signal(String name) {
        int number = ProcessSignals.number(name);
        if (number == KILL) {
            container.process().ifPresent(process -> ProcessSignals.send(process, KILL));
        } else if (runtime.isAlive()) {
            ProcessSignals.send(runtime.pid(), number);
        }
    }

    @Override
    public void awaitStart() throws InterruptedException {
        while (runtime.isAlive() && container.process().isEmpty()) {
            Thread.sleep(LOOK);
        }
        failure();
    }

    private void failure() {
        if (!runtime.isAlive() && runtime.exitValue() != 0) {
            RuntimeCommand.failure(place.log()).ifPresent(reason -> {
                throw new WorkerFault(Kind.FAILED_PRECONDITION, reason);
            });
        }
    }

    @Override
    public ProcessExit await() throws InterruptedException {
        int code;
        try {
            code = runtime.waitFor();
        } finally {
            end();
        }
        failure();
        return new ProcessExit(
                code,
                code == 128 + KILL && MemoryKills.count() > killings,
                place.group().map(UsageGroups.Group::usage));
    }

    @Override
    public Optional<ProcessExit> await(Duration patience) throws InterruptedException {
        return runtime.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS) ? Optional.of(await()) : Optional.empty();
    }

    /** Kills it if it runs, takes all that it has said, and what the runtime left. */
    private void end() {
        if (runtime.isAlive()) {
            // told while it stands still, it dies at once when it goes on
            container.process().ifPresent(process -> ProcessSignals.send(process, KILL));
        }
        place.brake().ifPresent(Work::close);
        container.kill();
        pumps.forEach(OutputPump::join);
        if (place.first() && container.remains()) {
            place.runtime().delete(place.id());
        }
    }

    @Override
    public void close() {
        try {
            end();
        } finally {
            terminal.ifPresent(Terminal::close);
            Bundles.remove(place.folder());
            place.group().ifPresent(UsageGroups.Group::close);
        }
    }
}
