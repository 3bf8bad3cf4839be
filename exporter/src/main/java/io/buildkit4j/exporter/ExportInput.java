package io.buildkit4j.exporter;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a build made. The refs stay the caller's.
 *
 * @param results at least one; more than one only when {@code multiPlatform}
 * @param multiPlatform several platforms were asked for, be it only one in the end: images get an index
 * @param inline what images are to carry of the cache
 * @param epoch the time that the frontend wants everything to bear; an output's own setting counts more
 */
public record ExportInput(
        List<PlatformResult> results, boolean multiPlatform, Optional<Instant> epoch, Optional<CacheRecords> inline) {
    /** Lists are copied. */
    public ExportInput {
        results = List.copyOf(results);
        if (results.isEmpty() || (results.size() > 1 && !multiPlatform)) {
            throw new IllegalArgumentException("an export needs one result, or several of several platforms");
        }
    }

    /** Without a cache inside. */
    public ExportInput(List<PlatformResult> results, boolean multiPlatform, Optional<Instant> epoch) {
        this(results, multiPlatform, epoch, Optional.empty());
    }

    /** The same with a cache inside its images. */
    public ExportInput withInline(CacheRecords records) {
        return new ExportInput(results, multiPlatform, epoch, Optional.of(records));
    }

    /** One result. */
    public static ExportInput of(PlatformResult result) {
        return new ExportInput(List.of(result), false, Optional.empty());
    }
}
