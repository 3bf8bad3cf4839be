/**
 * What every room stands on, and nothing else: how work fails ({@link io.buildkit4j.footing.Fault} with its {@link
 * io.buildkit4j.footing.Kind}), how work is fanned out and ends ({@link io.buildkit4j.footing.TaskScope}), and the few small
 * formats that rooms beside each other share.
 */
@NullMarked
package io.buildkit4j.footing;

import org.jspecify.annotations.NullMarked;
