package io.buildkit4j.client;

import io.buildkit4j.client.door.DaemonClient;
import io.buildkit4j.wire.TlsFiles;
import java.util.Optional;

/** A build daemon at an address. */
public final class RemoteDaemon {
    private RemoteDaemon() {}

    /**
     * Connects to {@code unix://PATH} or {@code tcp://HOST:PORT}, or through a program that runs {@code buildctl dial-stdio}
     * where the daemon is: {@code docker-container://NAME}, {@code podman-container://NAME}, {@code nerdctl-container://NAME},
     * {@code kube-pod://POD}, {@code ssh://[USER@]HOST[:PORT][/SOCKET]}.
     *
     * @throws ClientFault INVALID_ARGUMENT for another form, UNAVAILABLE when nobody answers there
     */
    public static Client connect(String address) {
        return DaemonClient.connect(address, Optional.empty());
    }

    /**
     * The same with an encrypted connection.
     *
     * @param certificates what this side shows, and whom it trusts
     */
    public static Client connect(String address, TlsFiles certificates) {
        return DaemonClient.connect(address, Optional.of(certificates));
    }
}
