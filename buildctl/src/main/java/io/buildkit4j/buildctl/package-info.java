/**
 * The command line: commands, flags, the progress display and exit codes.
 */
@NullMarked
package io.buildkit4j.buildctl;

import org.jspecify.annotations.NullMarked;
