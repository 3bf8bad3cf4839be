package io.buildkit4j.buildd.history;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is remembered of a build.
 *
 * @param frontend empty for a build of a definition
 * @param options the frontend's
 * @param exporters the kinds of outputs
 * @param completed empty while it runs, and for ever when the daemon died meanwhile
 * @param error empty unless it failed
 * @param response what the client was answered
 */
public record BuildRecord(
        String ref,
        String frontend,
        List<Setting> options,
        List<String> exporters,
        Instant created,
        Optional<Instant> completed,
        String error,
        List<Setting> response) {
    /** Lists are copied. */
    public BuildRecord {
        options = List.copyOf(options);
        exporters = List.copyOf(exporters);
        response = List.copyOf(response);
    }

    /** One option or one part of an answer. */
    public record Setting(String name, String value) {}

    /** The record of a build that begins. */
    public static BuildRecord begun(
            String ref, String frontend, List<Setting> options, List<String> exporters, Instant created) {
        return new BuildRecord(ref, frontend, options, exporters, created, Optional.empty(), "", List.of());
    }

    /** The record after the build's end. */
    BuildRecord ended(Instant completed, String error, List<Setting> response) {
        return new BuildRecord(ref, frontend, options, exporters, created, Optional.of(completed), error, response);
    }
}
