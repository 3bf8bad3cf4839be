package io.buildkit4j.image;

import java.io.InputStream;

/** Where the bytes of a descriptor can be had: a registry, a layout, the content store, a client. */
@FunctionalInterface
public interface BlobSource {
    /**
     * Opens the blob from an offset in bytes. The bytes are not verified here: whoever stores them verifies them.
     *
     * @throws ImageFault NOT_FOUND when it is not there, UNAVAILABLE when the place cannot be reached
     */
    InputStream open(Descriptor blob, long offset) throws InterruptedException;
}
