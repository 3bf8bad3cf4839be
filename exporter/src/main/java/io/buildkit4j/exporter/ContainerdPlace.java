package io.buildkit4j.exporter;

import io.buildkit4j.wire.Containerd;

/**
 * A containerd that is given images, so that {@code ctr run} and whatever else uses it can run them.
 *
 * @param containerd stays the caller's
 * @param snapshotter of that containerd, with which images are unpacked
 */
public record ContainerdPlace(Containerd containerd, String snapshotter) {}
