/** Ops and definitions as protobuf bytes, in the package {@code pb} of the wire: the only place of this module that knows protobuf. */
@NullMarked
package io.buildkit4j.llb.codec;

import org.jspecify.annotations.NullMarked;
