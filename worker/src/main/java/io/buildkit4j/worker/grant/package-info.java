/**
 * What a client grants a step for as long as it runs. A <em>secret</em> is a file in memory or a variable; its value is masked
 * in the step's output. An <em>agent</em> is a socket that leads to the client's ssh agent. Neither is part of a key, of a
 * layer, or of anything that stays.
 */
@NullMarked
package io.buildkit4j.worker.grant;

import org.jspecify.annotations.NullMarked;
