package io.buildkit4j.frontend;

import io.buildkit4j.llb.Definition;
import java.util.Map;

/**
 * What a frontend is asked.
 *
 * @param inputs definitions that stand for local directories, by their names
 */
public record FrontendRequest(FrontendOptions options, Map<String, Definition> inputs) {
    /** The inputs are copied. */
    public FrontendRequest {
        inputs = Map.copyOf(inputs);
    }
}
