package io.buildkit4j.client.files;

import io.buildkit4j.wire.PathPatterns;
import org.jspecify.annotations.Nullable;

/** What patterns say of one path of a walk. No include patterns select everything. */
final class Selection {
    private final PathPatterns.@Nullable Verdict included;
    private final PathPatterns.Verdict excluded;

    Selection(PathPatterns include, PathPatterns exclude) {
        this(include.isEmpty() ? null : include.root(), exclude.root());
    }

    private Selection(PathPatterns.@Nullable Verdict included, PathPatterns.Verdict excluded) {
        this.included = included;
        this.excluded = excluded;
    }

    Selection enter(String name) {
        return new Selection(included == null ? null : included.enter(name), excluded.enter(name));
    }

    boolean selected() {
        return (included == null || included.matched()) && !excluded.matched();
    }

    /** Whether nothing below this directory can be selected. */
    boolean fruitless() {
        return (excluded.matched() && excluded.settled())
                || (included != null && !included.matched() && included.settled());
    }
}
