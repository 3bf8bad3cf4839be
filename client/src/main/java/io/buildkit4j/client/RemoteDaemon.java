package io.buildkit4j.client;

import io.buildkit4j.client.door.DaemonClient;

/** A build daemon at an address. */
public final class RemoteDaemon {
    private RemoteDaemon() {}

    /**
     * Connects to {@code unix://PATH} or {@code tcp://HOST:PORT}.
     *
     * @throws ClientFault INVALID_ARGUMENT for another form, UNAVAILABLE when nobody answers there
     */
    public static Client connect(String address) {
        return DaemonClient.connect(address);
    }
}
