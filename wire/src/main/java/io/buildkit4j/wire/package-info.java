/**
 * What processes say to each other. A <em>door</em> is an address that is listened on or called; a <em>session</em> is the
 * way back: HTTP/2 tunnelled inside a call, over which the daemon asks its client for files, secrets and credentials; a
 * <em>fault</em> on the wire is a gRPC status with typed details. Generated messages are in {@code proto}.
 */
@NullMarked
package io.buildkit4j.wire;

import org.jspecify.annotations.NullMarked;
