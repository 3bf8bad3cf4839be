/**
 * From what a user writes to what is built. A <em>frontend</em> describes a build as LLB definitions, one for each
 * platform, with the image configuration that belongs to each; whatever it must know it asks of the {@link
 * io.buildkit4j.frontend.Gateway}.
 */
@NullMarked
package io.buildkit4j.frontend;

import org.jspecify.annotations.NullMarked;
