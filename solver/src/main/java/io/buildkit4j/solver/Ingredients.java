package io.buildkit4j.solver;

import java.util.List;

/**
 * The readable record of what went into a digest, in order, so that two keys can be compared and the difference told.
 *
 * @param parts such as {@code image digest sha256:…} or {@code argument 2 -O3}
 */
public record Ingredients(List<Part> parts) {
    /** Parts are copied. */
    public Ingredients {
        parts = List.copyOf(parts);
    }

    /**
     * One ingredient.
     *
     * @param name the field's word for it: {@code argument}, {@code environment}, {@code image}, {@code files}
     * @param value as short as tells it apart
     */
    public record Part(String name, String value) {}
}
