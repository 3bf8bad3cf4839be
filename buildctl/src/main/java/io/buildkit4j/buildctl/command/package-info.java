/** The commands: each knows its flags, reads them into a request and shows what comes back. */
@NullMarked
package io.buildkit4j.buildctl.command;

import org.jspecify.annotations.NullMarked;
