package io.buildkit4j.it.house;

import com.tngtech.archunit.core.domain.JavaField;
import java.util.Set;

/** Where a map of strings to strings is the honest type: what the field's own formats define as such. */
final class StringMaps {
    private static final Set<String> BY_NAME = Set.of("labels", "annotations");

    private StringMaps() {}

    static boolean allowed(JavaField field) {
        return BY_NAME.contains(field.getName())
                || field.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.STATIC);
    }
}
