package io.buildkit4j.worker;

/** What a step may only do when both the daemon and the build allow it, by the names that clients use. */
public enum Entitlement {
    /** The machine's own network, where it is not everybody's. */
    NETWORK_HOST("network.host"),
    /** A process with all capabilities and devices. */
    SECURITY_INSECURE("security.insecure");

    private final String wireName;

    Entitlement(String wireName) {
        this.wireName = wireName;
    }

    /** The name in requests and configuration. */
    public String wireName() {
        return wireName;
    }
}
