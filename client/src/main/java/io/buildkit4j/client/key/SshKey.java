package io.buildkit4j.client.key;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Arrays;

/**
 * A key that signs.
 *
 * @param type as ssh calls it, such as {@code ssh-ed25519}
 * @param publicKey as ssh writes it
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record SshKey(String type, byte[] publicKey, PrivateKey key, String comment) {
    private static final int SHA_256 = 2;
    private static final int SHA_512 = 4;

    /** The signature of the data as ssh writes it. */
    byte[] sign(byte[] data, int flags) throws GeneralSecurityException {
        String name = type.equals("ssh-rsa") ? rsa(flags) : type;
        Signature signature = Signature.getInstance(algorithm(name));
        signature.initSign(key);
        signature.update(data);
        byte[] signed = signature.sign();
        return new Wire()
                .string(name)
                .string(name.startsWith("ecdsa-") ? pair(signed) : signed)
                .bytes();
    }

    private static String rsa(int flags) {
        if ((flags & SHA_512) != 0) {
            return "rsa-sha2-512";
        }
        return (flags & SHA_256) != 0 ? "rsa-sha2-256" : "ssh-rsa";
    }

    private static String algorithm(String name) throws GeneralSecurityException {
        return switch (name) {
            case "ssh-ed25519" -> "Ed25519";
            case "ssh-rsa" -> "SHA1withRSA";
            case "rsa-sha2-256" -> "SHA256withRSA";
            case "rsa-sha2-512" -> "SHA512withRSA";
            case "ecdsa-sha2-nistp256" -> "SHA256withECDSAinP1363Format";
            case "ecdsa-sha2-nistp384" -> "SHA384withECDSAinP1363Format";
            case "ecdsa-sha2-nistp521" -> "SHA512withECDSAinP1363Format";
            default -> throw new GeneralSecurityException("no signature is known for " + name);
        };
    }

    /** Two numbers of the same length one behind the other become two numbers of ssh's. */
    private static byte[] pair(byte[] joined) {
        int half = joined.length / 2;
        return new Wire()
                .integer(new BigInteger(1, Arrays.copyOf(joined, half)))
                .integer(new BigInteger(1, Arrays.copyOfRange(joined, half, joined.length)))
                .bytes();
    }
}
