package io.buildkit4j.llb;

import io.buildkit4j.image.Platform;
import java.util.List;
import java.util.Optional;

/**
 * What every op has, whatever it does.
 *
 * @param constraints filters that a worker must pass; present and empty is encoded differently from absent
 */
public record OpFrame(List<OpInput> inputs, Optional<Platform> platform, Optional<List<String>> constraints) {
    /** Lists are copied. */
    public OpFrame {
        inputs = List.copyOf(inputs);
        constraints = constraints.map(List::copyOf);
    }

    /** Only inputs. */
    public static OpFrame of(List<OpInput> inputs) {
        return new OpFrame(inputs, Optional.empty(), Optional.empty());
    }
}
