package io.buildkit4j.image;

import java.time.Duration;

/**
 * How long a registry may take.
 *
 * @param connect until a connection stands
 * @param answer until the head of an answer comes, and between two pieces of a body, in either direction
 * @param commit until the answer to an upload comes whose last byte was sent: registries copy and hash then
 * @param pause before the first repetition; doubled for each further one
 */
record Patience(Duration connect, Duration answer, Duration commit, Duration pause) {
    static final Patience USUAL = new Patience(
            Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofMinutes(10), Duration.ofMillis(250));
}
