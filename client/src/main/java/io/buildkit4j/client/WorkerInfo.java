package io.buildkit4j.client;

import io.buildkit4j.image.Platform;
import java.util.List;
import java.util.Map;

/** One worker of a daemon, with the rules by which it collects garbage, in their order. */
public record WorkerInfo(String id, Map<String, String> labels, List<Platform> platforms, List<StorageRule> rules) {}
