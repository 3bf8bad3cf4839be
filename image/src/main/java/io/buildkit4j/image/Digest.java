package io.buildkit4j.image;

import io.buildkit4j.footing.Kind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The name of content by its content, {@code algorithm:hex}, as in the OCI image specification's descriptor page. A class
 * rather than a record because graphs and caches hold a dozen of them for each step: the hash lies in the object itself, a
 * third of the memory of its text, and is compared without looking elsewhere.
 */
public final class Digest implements Comparable<Digest> {
    private static final String SHA256 = "sha256";
    private static final String SHA512 = "sha512";
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();

    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

    /** Never fed, only copied: asking the platform for a new one costs more than hashing a short text. */
    private static final MessageDigest UNFED = unfed();

    /** The first 32 bytes of the hash. */
    private final long first;

    private final long second;
    private final long third;
    private final long fourth;

    /** The last 32 bytes of a SHA-512. */
    private final byte @Nullable [] rest;

    private Digest(byte[] hash) {
        first = (long) LONGS.get(hash, 0);
        second = (long) LONGS.get(hash, 8);
        third = (long) LONGS.get(hash, 16);
        fourth = (long) LONGS.get(hash, 24);
        rest = hash.length == 64 ? Arrays.copyOfRange(hash, 32, 64) : null;
    }

    /** Reads {@code algorithm:hex}; refuses unknown algorithms, wrong lengths and anything but lower-case hexadecimal. */
    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new ImageFault(Kind.INVALID_ARGUMENT, "not a digest: " + text);
        }
        int length = switch (text.substring(0, colon)) {
            case SHA256 -> 32;
            case SHA512 -> 64;
            default ->
                throw new ImageFault(Kind.INVALID_ARGUMENT, "unknown digest algorithm: " + text.substring(0, colon));
        };
        if (text.length() != colon + 1 + 2 * length) {
            throw new ImageFault(Kind.INVALID_ARGUMENT, "not a digest: " + text);
        }
        byte[] hash = new byte[length];
        for (int i = 0; i < length; i++) {
            int high = nibble(text.charAt(colon + 1 + 2 * i));
            int low = nibble(text.charAt(colon + 2 + 2 * i));
            if (high < 0 || low < 0) {
                throw new ImageFault(Kind.INVALID_ARGUMENT, "not a digest: " + text);
            }
            hash[i] = (byte) (high << 4 | low);
        }
        return new Digest(hash);
    }

    /** Negative for anything but a lower-case hexadecimal digit. */
    private static int nibble(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    }

    /** The SHA-256 of these bytes. */
    public static Digest of(byte[] bytes) {
        return ofHash(sha256().digest(bytes));
    }

    /** The SHA-256 of the text's UTF-8 bytes. */
    public static Digest ofText(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Wraps a finished hash: of 32 bytes a SHA-256, of 64 bytes a SHA-512. */
    public static Digest ofHash(byte[] hash) {
        if (hash.length != 32 && hash.length != 64) {
            throw new ImageFault(Kind.INVALID_ARGUMENT, "not a hash: it has " + hash.length + " bytes");
        }
        return new Digest(hash);
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

    /** {@code sha256} or {@code sha512}. */
    public String algorithm() {
        return rest == null ? SHA256 : SHA512;
    }

    /** The hash in lower-case hexadecimal. */
    public String hex() {
        return HexFormat.of().formatHex(bytes());
    }

    /** The raw hash, 32 or 64 bytes. */
    public byte[] bytes() {
        byte[] hash = new byte[rest == null ? 32 : 64];
        LONGS.set(hash, 0, first);
        LONGS.set(hash, 8, second);
        LONGS.set(hash, 16, third);
        LONGS.set(hash, 24, fourth);
        if (rest != null) {
            System.arraycopy(rest, 0, hash, 32, 32);
        }
        return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Digest digest
                        && first == digest.first
                        && second == digest.second
                        && third == digest.third
                        && fourth == digest.fourth
                        && Arrays.equals(rest, digest.rest));
    }

    /** A part of the hash, which is as even as any. */
    @Override
    public int hashCode() {
        return (int) first;
    }

    /** In the order of their texts. */
    @Override
    public int compareTo(Digest other) {
        int byAlgorithm = algorithm().compareTo(other.algorithm());
        return byAlgorithm == 0 ? Arrays.compareUnsigned(bytes(), other.bytes()) : byAlgorithm;
    }

    /** {@code algorithm:hex}; written in one go, since every event and message has one. */
    @Override
    public String toString() {
        byte[] text = new byte[7 + 2 * (rest == null ? 32 : 64)];
        copy(algorithm() + ':', text, 0);
        putHex(first, text, 7);
        putHex(second, text, 23);
        putHex(third, text, 39);
        putHex(fourth, text, 55);
        if (rest != null) {
            copy(HexFormat.of().formatHex(rest), text, 71);
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static void copy(String ascii, byte[] text, int at) {
        System.arraycopy(ascii.getBytes(StandardCharsets.ISO_8859_1), 0, text, at, ascii.length());
    }

    private static void putHex(long value, byte[] text, int at) {
        for (int i = 0; i < 16; i++) {
            text[at + i] = DIGITS[(int) (value >>> (60 - 4 * i)) & 0xF];
        }
    }
}
