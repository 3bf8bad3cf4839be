package io.buildkit4j.store;

import java.nio.file.Path;

/** A file system at a path of the host, until closed. */
public interface MountedTree extends AutoCloseable {
    /** Absolute path of its root. */
    Path path();

    @Override
    void close();
}
