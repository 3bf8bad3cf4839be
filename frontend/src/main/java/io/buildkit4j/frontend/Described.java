package io.buildkit4j.frontend;

import java.util.List;

/** The answer of a frontend: one build for each platform that was asked for, at least one. */
public record Described(List<PlatformBuild> builds) {
    /** The list is copied. */
    public Described {
        builds = List.copyOf(builds);
    }
}
