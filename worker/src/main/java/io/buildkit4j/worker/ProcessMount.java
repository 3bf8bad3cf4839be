package io.buildkit4j.worker;

import java.nio.file.Path;

/** A file system that the process sees besides its root. */
public sealed interface ProcessMount {
    /** Absolute path in the root; made when it is missing. */
    String destination();

    /** A file or directory of the host with all that is mounted below it. */
    record Bind(String destination, Path source, boolean readOnly) implements ProcessMount {}

    /** Memory; {@code size} in bytes, 0 for the kernel's default of half the machine's. */
    record Temporary(String destination, long size) implements ProcessMount {}
}
