package io.buildkit4j.solver;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;

/** A step that waits for a place to run, and then runs: listed in the register from the one to the end of the other. */
final class Running implements Waiting, AutoCloseable {
    private static final String PLACE = "a free place to run";

    private final String name;
    private final Progress progress;
    private final Set<Waiting> register;
    private volatile boolean placed;
    private volatile Instant since = Instant.now();

    Running(Node<?> node, Set<Waiting> register) {
        this.name = node.vertex.name();
        this.progress = node.progress;
        this.register = register;
        register.add(this);
    }

    /** It has a place, or wants one again. */
    void placed(boolean has) {
        since = Instant.now();
        placed = has;
    }

    @Override
    public Wait describe() {
        return new Wait(name, placed ? "nothing: it runs" : PLACE, since);
    }

    @Override
    public void tell() {
        if (!placed) {
            byte[] line = ("waiting for " + PLACE + "\n").getBytes(StandardCharsets.UTF_8);
            progress.log(2, line, 0, line.length);
        }
    }

    @Override
    public void close() {
        register.remove(this);
    }
}
