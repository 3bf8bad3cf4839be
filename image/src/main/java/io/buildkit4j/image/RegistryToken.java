package io.buildkit4j.image;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a registry is shown instead of a password.
 *
 * @param lasts how long it is good for
 * @param issued when that began, if the registry says so
 */
public record RegistryToken(String text, Duration lasts, Optional<Instant> issued) {
    /** Without the text. */
    @Override
    public String toString() {
        return "token for " + lasts;
    }
}
