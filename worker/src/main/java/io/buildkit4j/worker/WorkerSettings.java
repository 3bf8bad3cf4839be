package io.buildkit4j.worker;

/**
 * What the operator of a worker decides for all that runs on it.
 *
 * @param network that processes see which ask for none in particular
 * @param denyPrivateAddresses sources must not lie in the daemon's own network
 */
public record WorkerSettings(Network network, boolean denyPrivateAddresses) {
    /** What holds when nothing is said. */
    public static final WorkerSettings DEFAULT = new WorkerSettings(Network.HOST, false);

    /** Which network a process sees. */
    public enum Network {
        /** The machine's own. */
        HOST,
        /** A loopback device only. */
        NONE
    }
}
