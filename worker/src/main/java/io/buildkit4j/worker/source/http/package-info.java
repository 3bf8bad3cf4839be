/**
 * Files from the web. A <em>download</em> is what a URL answered, kept by its content and with what the server says it can
 * be recognised by, so that the same is not sent twice.
 */
@NullMarked
package io.buildkit4j.worker.source.http;

import org.jspecify.annotations.NullMarked;
