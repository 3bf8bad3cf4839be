package io.buildkit4j.frontend;

import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Definition;

/**
 * A build for one platform.
 *
 * @param imageConfig JSON of the OCI image configuration without its layers: the exporter adds {@code rootfs} and times
 */
public record PlatformBuild(Platform platform, Definition definition, String imageConfig) {}
