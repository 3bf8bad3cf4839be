package io.buildkit4j.llb;

import java.util.Comparator;
import java.util.List;

/** One key and its text, of a source or of a description. Lists of them are sorted by key and have each key once. */
public record Attribute(String key, String value) {
    private static final Comparator<Attribute> BY_KEY = Comparator.comparing(Attribute::key);

    /** The same attributes in the order that they are encoded in. */
    public static List<Attribute> sorted(List<Attribute> attributes) {
        return attributes.stream().sorted(BY_KEY).toList();
    }
}
