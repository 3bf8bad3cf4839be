package io.buildkit4j.llb;

import io.buildkit4j.image.Digest;

/**
 * One output of another op.
 *
 * @param digest of the other op's encoded bytes
 * @param index which of its outputs, from 0
 */
public record OpInput(Digest digest, int index) {}
