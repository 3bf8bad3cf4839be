package io.buildkit4j.worker;

import java.util.List;
import java.util.Set;

/**
 * On whose behalf a definition is loaded, and what that one may.
 *
 * @param session the client's; local directories without one of their own are this one's. Empty for none
 * @param workers filters of which a worker passes one; none for any worker. Steps that have filters of their own follow those
 */
public record Grants(String session, Set<Entitlement> entitlements, List<String> workers) {
    /** Collections are copied. */
    public Grants {
        entitlements = Set.copyOf(entitlements);
        workers = List.copyOf(workers);
    }

    /** Any worker will do. */
    public Grants(String session, Set<Entitlement> entitlements) {
        this(session, entitlements, List.of());
    }

    /** Nothing special, for the session's client. */
    public static Grants of(String session) {
        return new Grants(session, Set.of());
    }
}
