package io.buildkit4j.frontend;

import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Definition;
import java.time.Instant;
import java.util.Optional;

/**
 * A build for one platform.
 *
 * @param imageConfig JSON of the OCI image configuration without its layers: the exporter adds {@code rootfs} and times
 * @param epoch the time that everything made bears, where the file or an argument says one
 */
public record PlatformBuild(Platform platform, Definition definition, String imageConfig, Optional<Instant> epoch) {}
