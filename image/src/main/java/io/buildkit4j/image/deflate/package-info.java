/**
 * Gzip as RFC 1951 and RFC 1952 define it. A <em>chunk</em> is 256 KiB of input, packed by itself with the 32 KiB before it
 * as its <em>dictionary</em>, so that chunks can be packed at the same time; a <em>member</em> is one complete gzip file in
 * a stream of several.
 */
@NullMarked
package io.buildkit4j.image.deflate;

import org.jspecify.annotations.NullMarked;
