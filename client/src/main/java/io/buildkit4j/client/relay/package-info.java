/**
 * Daemons that no socket of this machine leads to: a program (docker, podman, nerdctl, kubectl, ssh) runs {@code buildctl
 * dial-stdio} where the daemon is, and the connection goes over its standard streams.
 */
@NullMarked
package io.buildkit4j.client.relay;

import org.jspecify.annotations.NullMarked;
