package io.buildkit4j.client;

import java.util.Map;

/**
 * What a build answered.
 *
 * @param reference the build's id in the daemon
 * @param response such as {@code containerimage.digest}
 */
public record SolveResult(String reference, Map<String, String> response) {
    /** The map is copied. */
    public SolveResult {
        response = Map.copyOf(response);
    }
}
