/**
 * Flags of a command line: declared once as data, from which parsing, checks and help all come. A <em>switch</em> stands
 * alone; an <em>option</em> takes a value, as {@code --name value} or {@code --name=value}; a repeatable option may be given
 * several times.
 */
@NullMarked
package io.buildkit4j.buildctl.flags;

import org.jspecify.annotations.NullMarked;
