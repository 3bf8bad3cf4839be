package io.buildkit4j.solver;

import java.time.Instant;

/**
 * What somebody waits for, for people who wonder why nothing moves.
 *
 * @param waiter the step or job that waits
 * @param reason what it waits for: other steps, or a free place to run
 * @param since when it began to wait
 */
public record Wait(String waiter, String reason, Instant since) {}
