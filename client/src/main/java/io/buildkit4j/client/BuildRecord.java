package io.buildkit4j.client;

import io.buildkit4j.image.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a daemon remembers of a build.
 *
 * @param reference by which {@link Client#follow} finds it
 * @param exporters their types
 * @param error why it failed, if it has
 * @param answers what the exporters said
 * @param logs the digest of its log, where the daemon keeps one as content; buildkit4j's does not, {@link Client#follow}
 *     tells it
 */
public record BuildRecord(
        String reference,
        String frontend,
        Map<String, String> options,
        List<String> exporters,
        Optional<String> error,
        Times times,
        Map<String, String> answers,
        Optional<Digest> logs,
        boolean pinned,
        Counts counts) {
    /** The collections are copied. */
    public BuildRecord {
        options = Map.copyOf(options);
        exporters = List.copyOf(exporters);
        answers = Map.copyOf(answers);
    }

    /** When it began, and when it ended. */
    public record Times(Instant created, Optional<Instant> completed) {}

    /** How many of its steps came from the cache, have ended, and there are. */
    public record Counts(int cached, int completed, int total, int warnings) {}
}
