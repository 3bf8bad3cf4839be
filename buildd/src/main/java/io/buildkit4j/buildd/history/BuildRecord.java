package io.buildkit4j.buildd.history;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.FaultDetail;
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
 * @param kind of failure, when it failed
 * @param details of that failure, in BuildKit's error vocabulary
 * @param internal asked for by a program for its own purposes: not shown in lists
 */
public record BuildRecord(
        String ref,
        String frontend,
        List<Setting> options,
        List<String> exporters,
        Instant created,
        Optional<Instant> completed,
        String error,
        List<Setting> response,
        Kind kind,
        List<FaultDetail> details,
        Counts counts,
        boolean internal) {
    /** Lists are copied. */
    public BuildRecord {
        options = List.copyOf(options);
        exporters = List.copyOf(exporters);
        response = List.copyOf(response);
        details = List.copyOf(details);
    }

    /** One option or one part of an answer. */
    public record Setting(String name, String value) {}

    /** How many steps there were, how many of them were cached or ended, and how many remarks were made. */
    public record Counts(int total, int cached, int completed, int warnings) {
        /** Nothing yet. */
        public static final Counts NONE = new Counts(0, 0, 0, 0);
    }

    /** The same, known to be asked for by a program for its own purposes. */
    public BuildRecord asInternal(boolean value) {
        return new BuildRecord(
                ref, frontend, options, exporters, created, completed, error, response, kind, details, counts, value);
    }

    /** The record of a build that begins. */
    public static BuildRecord begun(
            String ref, String frontend, List<Setting> options, List<String> exporters, Instant created) {
        return new BuildRecord(
                ref,
                frontend,
                options,
                exporters,
                created,
                Optional.empty(),
                "",
                List.of(),
                Kind.UNKNOWN,
                List.of(),
                Counts.NONE,
                false);
    }

    /** How a build ended; an empty error is a good end. */
    record End(Kind kind, String error, List<FaultDetail> details, List<Setting> response) {}

    /** The record after the build's end. */
    BuildRecord ended(Instant at, End end, Counts counted) {
        return new BuildRecord(
                ref,
                frontend,
                options,
                exporters,
                created,
                Optional.of(at),
                end.error(),
                end.response(),
                end.kind(),
                end.details(),
                counted,
                internal);
    }
}
