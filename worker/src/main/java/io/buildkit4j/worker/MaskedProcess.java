package io.buildkit4j.worker;

import io.buildkit4j.worker.grant.MaskedOutput;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A process whose last output is handed over at its end, and that is closed once. */
record MaskedProcess(RunningProcess process, MaskedOutput masked, AtomicBoolean closed) implements RunningProcess {
    MaskedProcess(RunningProcess process, MaskedOutput masked) {
        this(process, masked, new AtomicBoolean());
    }

    @Override
    public OutputStream input() {
        return process.input();
    }

    @Override
    public InputStream output() {
        return process.output();
    }

    @Override
    public void resize(int rows, int columns) {
        process.resize(rows, columns);
    }

    @Override
    public void signal(String name) {
        process.signal(name);
    }

    @Override
    public void awaitStart() throws InterruptedException {
        process.awaitStart();
    }

    @Override
    public ProcessExit await() throws InterruptedException {
        ProcessExit exit = process.await();
        masked.finish();
        return exit;
    }

    @Override
    public Optional<ProcessExit> await(Duration patience) throws InterruptedException {
        Optional<ProcessExit> exit = process.await(patience);
        exit.ifPresent(ended -> masked.finish());
        return exit;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            process.close();
        }
    }
}
