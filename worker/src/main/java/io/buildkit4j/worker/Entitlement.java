package io.buildkit4j.worker;

import java.util.Arrays;
import java.util.Optional;

/** What a step may only do when both the daemon and the build allow it, by the names that clients use. */
public enum Entitlement {
    /** The machine's own network, where it is not everybody's. */
    NETWORK_HOST("network.host"),
    /** A process with all capabilities and devices. */
    SECURITY_INSECURE("security.insecure"),
    /** Devices that not everybody may have. */
    DEVICE("device");

    private final String wireName;

    Entitlement(String wireName) {
        this.wireName = wireName;
    }

    /** By the name in requests and configuration. */
    public static Optional<Entitlement> find(String name) {
        return Arrays.stream(values())
                .filter(entitlement -> entitlement.wireName.equals(name))
                .findFirst();
    }

    /** The name in requests and configuration. */
    public String wireName() {
        return wireName;
    }
}
