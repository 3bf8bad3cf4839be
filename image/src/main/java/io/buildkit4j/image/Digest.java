package io.buildkit4j.image;

import io.buildkit4j.footing.Kind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The name of content by its content, {@code algorithm:hex}, as in the OCI image specification's descriptor page.
 *
 * @param algorithm {@code sha256} or {@code sha512}
 * @param hex the hash in lower-case hexadecimal
 */
public record Digest(String algorithm, String hex) implements Comparable<Digest> {
    private static final String SHA256 = "sha256";

    /** Never fed, only copied: asking the platform for a new one costs more than hashing a short text. */
    private static final MessageDigest UNFED = unfed();

    /** Refuses unknown algorithms, wrong lengths and anything but lower-case hexadecimal. */
    public Digest {
        int length = switch (algorithm) {
            case SHA256 -> 64;
            case "sha512" -> 128;
            default -> throw new ImageFault(Kind.INVALID_ARGUMENT, "unknown digest algorithm: " + algorithm);
        };
        if (hex.length() != length || !lowerHex(hex)) {
            throw new ImageFault(Kind.INVALID_ARGUMENT, "not a digest: " + algorithm + ":" + hex);
        }
    }

    private static boolean lowerHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    /** Reads {@code algorithm:hex}. */
    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new ImageFault(Kind.INVALID_ARGUMENT, "not a digest: " + text);
        }
        return new Digest(text.substring(0, colon), text.substring(colon + 1));
    }

    /** The SHA-256 of these bytes. */
    public static Digest of(byte[] bytes) {
        return ofHash(sha256().digest(bytes));
    }

    /** The SHA-256 of the text's UTF-8 bytes. */
    public static Digest ofText(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Wraps a finished SHA-256 of 32 bytes. */
    public static Digest ofHash(byte[] hash) {
        return new Digest(SHA256, HexFormat.of().formatHex(hash));
    }

    /** A fresh SHA-256 to feed piece by piece and hand to {@link #ofHash}. */
    public static MessageDigest sha256() {
        try {
            return (MessageDigest) UNFED.clone();
        } catch (CloneNotSupportedException unusual) {
            return unfed();
        }
    }

    private static MessageDigest unfed() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /** The raw hash, 32 or 64 bytes. */
    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Digest digest && hex.equals(digest.hex) && algorithm.equals(digest.algorithm));
    }

    @Override
    public int hashCode() {
        return hex.hashCode();
    }

    @Override
    public int compareTo(Digest other) {
        int first = algorithm.compareTo(other.algorithm);
        return first == 0 ? hex.compareTo(other.hex) : first;
    }

    @Override
    public String toString() {
        return algorithm + ":" + hex;
    }
}
