package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;

/**
 * The strongest key that a vertex is known by.
 *
 * @param key results are kept under it, and consumers' keys are made from it
 * @param fresh it, or something that its key stands for, was run again on request: what is known under the key is older
 *     than what is wanted, so the key may be saved under but not looked up
 */
record Name(Digest key, boolean fresh) {}
