package io.buildkit4j.worker;

import java.util.Set;

/**
 * On whose behalf a definition is loaded, and what that one may.
 *
 * @param session the client's; local directories without one of their own are this one's. Empty for none
 */
public record Grants(String session, Set<Entitlement> entitlements) {
    /** The entitlements are copied. */
    public Grants {
        entitlements = Set.copyOf(entitlements);
    }

    /** Nothing special, for the session's client. */
    public static Grants of(String session) {
        return new Grants(session, Set.of());
    }
}
