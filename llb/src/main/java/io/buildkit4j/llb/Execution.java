package io.buildkit4j.llb;

import java.util.Map;
import java.util.Optional;

/** A process that was written down, and the trees that it leaves. */
public final class Execution {
    private final State root;
    private final Map<String, State> mounts;

    Execution(State root, Map<String, State> mounts) {
        this.root = root;
        this.mounts = mounts;
    }

    /** The root tree afterwards. */
    public State root() {
        return root;
    }

    /** A mounted tree afterwards; absent when nothing writable was mounted there. */
    public Optional<State> mount(String destination) {
        return Optional.ofNullable(mounts.get(destination));
    }
}
