package io.buildkit4j.buildd;

import io.buildkit4j.image.Platform;
import java.util.List;
import java.util.Map;

/** What clients are told of the worker. */
public record WorkerDescription(String id, Map<String, String> labels, List<Platform> platforms) {
    /** Collections are copied. */
    public WorkerDescription {
        labels = Map.copyOf(labels);
        platforms = List.copyOf(platforms);
    }
}
