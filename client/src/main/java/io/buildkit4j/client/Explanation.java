package io.buildkit4j.client;

import io.buildkit4j.image.Digest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Why the steps of a build ran, or would run.
 *
 * @param reference of the build
 * @param previous reference of the build that it was compared with; empty when there was none
 * @param steps inputs before consumers
 */
public record Explanation(
        String reference, Instant created, String previous, Optional<Instant> previousCreated, List<Step> steps) {
    /** The list is copied. */
    public Explanation {
        steps = List.copyOf(steps);
    }

    /** What became, or would become, of a step. */
    public enum Verdict {
        /** Found by what it and everything below it say. */
        HIT_BY_DEFINITION,
        /** Found by what its inputs contain. */
        HIT_BY_CONTENT,
        /** Not asked for, because something above it was found. */
        SPARED,
        /** It ran. */
        RUN,
        /** It ran and failed, or was given up. */
        FAILED,
        /** Of a plan: it would run. */
        WOULD_RUN,
        /** Of a plan: it depends on what something else makes that would run first. */
        UNKNOWN,
        /** The build ended before. */
        UNDECIDED;

        /** Whether it was found, or need not be. */
        public boolean isHit() {
            return this == HIT_BY_DEFINITION || this == HIT_BY_CONTENT || this == SPARED;
        }
    }

    /**
     * One step.
     *
     * @param key under which its result is kept; empty when it did not come to be known
     * @param ingredients what went into the key, in order
     * @param internal housekeeping of a frontend
     * @param work whether running it is more than fetching something
     * @param cause why it was not found; absent when it was
     * @param took how long it ran; zero when it did not
     * @param expected of a plan: how long it takes, by experience; absent without any
     */
    public record Step(
            Digest vertex,
            String name,
            Verdict verdict,
            String key,
            List<Ingredient> ingredients,
            List<Digest> inputs,
            boolean internal,
            boolean work,
            Optional<Cause> cause,
            Duration took,
            Optional<Duration> expected) {
        /** Lists are copied. */
        public Step {
            ingredients = List.copyOf(ingredients);
            inputs = List.copyOf(inputs);
        }
    }

    /** One thing that went into a key. */
    public record Ingredient(String name, String value) {}

    /**
     * The one difference nearest the root.
     *
     * @param kind such as {@code FILES} or {@code BASE_IMAGE}; the daemon may know more than this client
     * @param vertex of the step that differs, which may be far below the one that is explained
     * @param step its name
     * @param subject a variable, a file, an image, a rule; empty where the kind says it all
     * @param summary in one line
     * @param files the first of the files that changed, with their number and that of all files
     * @param time when it was evicted
     */
    public record Cause(
            String kind,
            Digest vertex,
            String step,
            String subject,
            String before,
            String after,
            String summary,
            List<FileChange> files,
            long filesChanged,
            long filesTotal,
            Optional<Instant> time) {
        /** The list is copied. */
        public Cause {
            files = List.copyOf(files);
        }
    }

    /** How a file differs: {@code kind} is ADDED, REMOVED, TYPE, CONTENT, MODE or OWNER. */
    public record FileChange(String path, String kind, String before, String after) {}
}
