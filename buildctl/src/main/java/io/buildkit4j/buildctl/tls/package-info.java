/**
 * When TLS is made ready: the <i>default</i> is the SSL context of the process, which most commands never need.
 */
@NullMarked
package io.buildkit4j.buildctl.tls;

import org.jspecify.annotations.NullMarked;
