package io.buildkit4j.frontend.emit;

import io.buildkit4j.llb.SourceId;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The build context. What of it is needed is known only when all stages were emitted, so they are emitted twice: once to
 * learn the paths, once with a context of those paths.
 */
final class ContextFiles {
    private final Optional<State> given;
    private final List<String> excludes;
    private final SortedSet<String> paths = new TreeSet<>();
    private Optional<State> settled = Optional.empty();

    ContextFiles(Optional<State> given, List<String> excludes) {
        this.given = given;
        this.excludes = excludes;
    }

    State need(String path) {
        paths.add(path);
        return settled.or(() -> given).orElseGet(() -> Sources.state(Sources.local("context")));
    }

    void settle() {
        boolean whole = paths.stream().anyMatch(path -> path.isEmpty() || path.equals("."));
        SourceId.Local plain = Sources.local("context", List.of(), excludes, whole ? List.of() : List.copyOf(paths));
        SourceId.Local local = new SourceId.Local(
                plain.name(), "", "", plain.include(), plain.exclude(), plain.follow(), "context", true, List.of());
        settled = Optional.of(given.orElseGet(
                () -> State.source(local, Optional.empty(), StepNote.named("[internal] load build context"))));
    }
}
