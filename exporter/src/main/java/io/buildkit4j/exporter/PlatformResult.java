package io.buildkit4j.exporter;

import io.buildkit4j.image.ImageConfig;
import io.buildkit4j.image.Platform;
import io.buildkit4j.store.Ref;
import java.util.Optional;

/** What a build made for one platform: a file system and, when a frontend says how to run it, a configuration. */
public record PlatformResult(Platform platform, Ref ref, Optional<ImageConfig> config) {}
