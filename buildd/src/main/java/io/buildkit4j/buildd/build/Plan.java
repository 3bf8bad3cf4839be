package io.buildkit4j.buildd.build;

import io.buildkit4j.image.ImageConfig;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Definition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is to be built.
 *
 * @param multiPlatform whether images get an index
 * @param epoch the time that everything made bears, when the request says one
 */
record Plan(List<Part> parts, boolean multiPlatform, Optional<Instant> epoch) {
    /** For one platform; the image configuration is absent when no frontend wrote the definition. */
    record Part(Platform platform, Definition definition, Optional<ImageConfig> config) {}
}
