package io.buildkit4j.store.content;

import io.buildkit4j.image.Digest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Hash functions by the names that digests carry. */
final class Hashes {
    private Hashes() {}

    static MessageDigest of(Digest digest) {
        if (digest.algorithm().equals("sha256")) {
            return Digest.sha256();
        }
        try {
            return MessageDigest.getInstance("SHA-512");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("this Java has no SHA-512", impossible);
        }
    }
}
