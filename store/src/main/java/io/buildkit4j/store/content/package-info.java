/**
 * Content by digest below {@code content/}, an OCI image layout. A blob whose record is durable was synchronised whole and
 * is <em>trusted</em>. Any other file found there, which a crash may have torn, is hashed before its first use and becomes
 * trusted or is deleted.
 */
@NullMarked
package io.buildkit4j.store.content;

import org.jspecify.annotations.NullMarked;
