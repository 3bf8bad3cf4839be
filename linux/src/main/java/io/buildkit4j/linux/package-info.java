/**
 * The only code that calls the kernel: file trees with full metadata, mounts, cgroups, through java.lang.foreign.
 */
@NullMarked
package io.buildkit4j.linux;

import org.jspecify.annotations.NullMarked;
