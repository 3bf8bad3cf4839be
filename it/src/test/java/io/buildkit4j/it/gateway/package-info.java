/** Frontends in containers, and containers of frontends. */
@NullMarked
package io.buildkit4j.it.gateway;

import org.jspecify.annotations.NullMarked;
