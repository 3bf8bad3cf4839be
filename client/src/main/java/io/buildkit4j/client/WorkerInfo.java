package io.buildkit4j.client;

import io.buildkit4j.image.Platform;
import java.util.List;
import java.util.Map;

/** One worker of a daemon. */
public record WorkerInfo(String id, Map<String, String> labels, List<Platform> platforms) {}
