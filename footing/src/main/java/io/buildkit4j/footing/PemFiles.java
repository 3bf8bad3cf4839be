package io.buildkit4j.footing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads certificates and keys in PEM. What is wrong with a file is told by an {@link IOException} whose message names the
 * file and the remedy.
 */
public final class PemFiles {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    /** Version 0 and the algorithm rsaEncryption without parameters, as PKCS #8 begins for every RSA key. */
    private static final byte[] RSA = {
        2, 1, 0, 0x30, 0x0d, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
    };

    private PemFiles() {}

    /** All certificates of the file, of which there is at least one. */
    public static List<Certificate> certificates(Path file) throws IOException {
        List<Certificate> all;
        try {
            byte[] text = Files.readAllBytes(file);
            all = List.copyOf(
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(text)));
        } catch (IOException | GeneralSecurityException failed) {
            throw new IOException("cannot read certificates from " + file + ": " + failed.getMessage(), failed);
        }
        if (all.isEmpty()) {
            throw new IOException(file + " holds no certificate in PEM");
        }
        return all;
    }

    /** The first private key of the file: PKCS #8, or PKCS #1 for RSA. */
    public static PrivateKey key(Path file) throws IOException {
        try {
            Matcher block = BLOCK.matcher(Files.readString(file, StandardCharsets.US_ASCII));
            while (block.find()) {
                byte[] bytes = Base64.getMimeDecoder().decode(block.group(2));
                switch (block.group(1)) {
                    case "PRIVATE KEY" -> {
                        return key(bytes);
                    }
                    case "RSA PRIVATE KEY" -> {
                        return key(wrapped(bytes));
                    }
                    default -> {} // parameters of a curve, a certificate
                }
            }
        } catch (IOException | GeneralSecurityException failed) {
            throw new IOException("cannot read a key from " + file + ": " + failed.getMessage(), failed);
        }
        throw new IOException(file + " holds no key that can be read; convert it with: openssl pkcs8 -topk8 -nocrypt");
    }

    private static PrivateKey key(byte[] pkcs8) throws GeneralSecurityException {
        GeneralSecurityException first = null;
        for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException other) {
                first = first == null ? other : first;
            }
        }
        throw first == null ? new GeneralSecurityException("no algorithm") : first;
    }

    /** A PKCS #1 key inside PKCS #8. */
    private static byte[] wrapped(byte[] pkcs1) {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        inner.writeBytes(RSA);
        put(inner, 4, pkcs1);
        ByteArrayOutputStream outer = new ByteArrayOutputStream();
        put(outer, 0x30, inner.toByteArray());
        return outer.toByteArray();
    }

    private static void put(ByteArrayOutputStream out, int tag, byte[] bytes) {
        out.write(tag);
        if (bytes.length < 128) {
            out.write(bytes.length);
        } else {
            out.write(0x83);
            out.write(bytes.length >> 16);
            out.write(bytes.length >> 8);
            out.write(bytes.length);
        }
        out.writeBytes(bytes);
    }
}
