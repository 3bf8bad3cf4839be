/** The eighteen instructions as typed values, their texts still to be expanded. */
@NullMarked
package io.buildkit4j.frontend.instruction;

import org.jspecify.annotations.NullMarked;
