package io.buildkit4j.wire;

import java.io.InputStream;
import java.util.Optional;

/**
 * A store of content by digest at the client: an image layout's directory, as a rule. Digests are texts such as {@code
 * sha256:…}. Safe for any thread.
 */
public interface SessionContent {
    /** Size in bytes, or nothing when it is not there. */
    Optional<Long> size(String digest) throws InterruptedException;

    /**
     * Opens the content from an offset in bytes. Nothing is verified.
     *
     * @throws WireFault NOT_FOUND when it is not there
     */
    InputStream open(String digest, long offset) throws InterruptedException;

    /**
     * Takes content of this size unless it is there. It is there whole or not at all.
     *
     * @throws WireFault when the store refuses it
     */
    void put(String digest, long size, InputStream content) throws InterruptedException;
}
