package io.buildkit4j.frontend.emit;

import io.buildkit4j.llb.SourceId;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A directory of the client. What of it is needed is known only when all stages were emitted, so they are emitted twice: once
 * to learn the paths, once with those paths alone.
 */
final class ContextFiles {
    private final String name;
    private final String hint;
    private final String shown;
    private final List<String> excludes;
    private final SortedSet<String> paths = new TreeSet<>();
    private State state;

    /**
     * Nothing of it is needed yet.
     *
     * @param hint by which the daemon finds what it received before
     */
    ContextFiles(String name, String hint, String shown, List<String> excludes) {
        this.name = name;
        this.hint = hint;
        this.shown = shown;
        this.excludes = excludes;
        this.state = Sources.state(Sources.local(name));
    }

    /** The directory, of which that path is needed; empty for all. */
    State need(String path) {
        paths.add(path);
        return state;
    }

    void settle() {
        boolean whole = paths.contains("");
        SourceId.Local local = new SourceId.Local(
                name, "", "", List.of(), excludes, whole ? List.of() : List.copyOf(paths), hint, true, List.of());
        state = State.source(local, java.util.Optional.empty(), StepNote.named(shown));
    }
}
