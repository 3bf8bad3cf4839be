package io.buildkit4j.it.house;

import com.tngtech.archunit.core.domain.JavaField;
import java.util.Set;

/** Where a map of strings to strings is the honest type: what the field's own formats define as such. */
final class StringMaps {
    private static final Set<String> BY_NAME = Set.of("labels", "annotations");

    /** The client's requests and answers are the protocol's open maps: any frontend and exporter may define keys. */
    private static final Set<String> OPEN_PROTOCOL = Set.of(
            "io.buildkit4j.client.SolveRequest",
            "io.buildkit4j.client.SolveRequest$Export",
            "io.buildkit4j.client.SolveRequest$CacheEntry",
            "io.buildkit4j.client.SolveResult",
            "io.buildkit4j.wire.Session$SendTarget");

    private StringMaps() {}

    static boolean allowed(JavaField field) {
        return BY_NAME.contains(field.getName())
                || OPEN_PROTOCOL.contains(field.getOwner().getName())
                || field.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.STATIC);
    }
}
