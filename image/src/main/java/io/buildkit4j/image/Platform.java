package io.buildkit4j.image;

import java.util.List;

/**
 * What a binary runs on, in Go's names. Empty texts where a part is not given.
 *
 * @param os such as {@code linux}
 * @param architecture such as {@code amd64}
 * @param variant such as {@code v7}
 */
public record Platform(String os, String architecture, String variant, String osVersion, List<String> osFeatures) {
    /** Features are copied. */
    public Platform {
        osFeatures = List.copyOf(osFeatures);
    }

    /** Without version and features. */
    public static Platform of(String os, String architecture, String variant) {
        return new Platform(os, architecture, variant, "", List.of());
    }
}
