package io.buildkit4j.client.key;

import io.buildkit4j.client.ClientFault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.PemFiles;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A private key in a file: OpenSSH's own format (its PROTOCOL.key), or RSA in PEM. Neither may be encrypted. */
final class KeyFile {
    private static final Pattern OWN =
            Pattern.compile("-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END OPENSSH PRIVATE KEY-----");
    private static final byte[] MAGIC = "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII);

    private KeyFile() {}

    /**
     * Reads one.
     *
     * @throws ClientFault INVALID_ARGUMENT naming the file, when there is no key in it that this program can use
     */
    static SshKey read(Path file) {
        try {
            Matcher own = OWN.matcher(Files.readString(file));
            return own.find()
                    ? own(file, ByteBuffer.wrap(Base64.getMimeDecoder().decode(own.group(1))))
                    : pem(file);
        } catch (IOException | GeneralSecurityException | BufferUnderflowException | IllegalArgumentException bad) {
            throw wrong(file, "it cannot be read as a private key: " + bad.getMessage());
        }
    }

    private static ClientFault wrong(Path file, String why) {
        return new ClientFault(
                Kind.INVALID_ARGUMENT, "ssh key " + file + ": " + why + "; or add it to an agent with ssh-add");
    }

    private static SshKey own(Path file, ByteBuffer in) throws GeneralSecurityException {
        byte[] magic = new byte[MAGIC.length];
        in.get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw wrong(file, "it is of another version of the format");
        }
        String cipher = Wire.text(in);
        if (!cipher.equals("none")) {
            throw wrong(file, "it is encrypted (" + cipher + "): give one that is not");
        }
        Wire.string(in); // how a password becomes a key
        Wire.string(in);
        if (in.getInt() != 1) {
            throw wrong(file, "it holds several keys: give one");
        }
        byte[] shown = Wire.string(in);
        ByteBuffer secret = ByteBuffer.wrap(Wire.string(in));
        int check = secret.getInt();
        if (check != secret.getInt()) {
            throw wrong(file, "it is damaged");
        }
        String type = Wire.text(secret);
        return switch (type) {
            case "ssh-ed25519" -> new SshKey(type, shown, edwards(secret), Wire.text(secret));
            case "ssh-rsa" -> new SshKey(type, shown, rsa(secret), Wire.text(secret));
            case "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521" ->
                new SshKey(type, shown, curve(secret), Wire.text(secret));
            default -> throw wrong(file, "keys of type " + type + " are not done here");
        };
    }

    private static PrivateKey edwards(ByteBuffer in) throws GeneralSecurityException {
        Wire.string(in); // the public half, which comes again behind the private one
        byte[] seed = Arrays.copyOf(Wire.string(in), 32);
        return KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
    }

    private static PrivateKey rsa(ByteBuffer in) throws GeneralSecurityException {
        BigInteger modulus = Wire.integer(in);
        BigInteger open = Wire.integer(in);
        BigInteger secret = Wire.integer(in);
        BigInteger inverse = Wire.integer(in);
        BigInteger p = Wire.integer(in);
        BigInteger q = Wire.integer(in);
        return KeyFactory.getInstance("RSA")
                .generatePrivate(new RSAPrivateCrtKeySpec(
                        modulus,
                        open,
                        secret,
                        p,
                        q,
                        secret.mod(p.subtract(BigInteger.ONE)),
                        secret.mod(q.subtract(BigInteger.ONE)),
                        inverse));
    }

    private static PrivateKey curve(ByteBuffer in) throws GeneralSecurityException {
        String name = Wire.text(in).replace("nistp", "secp") + "r1";
        Wire.string(in); // the public point
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(name));
        return KeyFactory.getInstance("EC")
                .generatePrivate(
                        new ECPrivateKeySpec(Wire.integer(in), parameters.getParameterSpec(ECParameterSpec.class)));
    }

    private static SshKey pem(Path file) throws IOException, GeneralSecurityException {
        if (PemFiles.key(file) instanceof RSAPrivateCrtKey key) {
            byte[] shown = new Wire()
                    .string("ssh-rsa")
                    .integer(key.getPublicExponent())
                    .integer(key.getModulus())
                    .bytes();
            return new SshKey("ssh-rsa", shown, key, file.toString());
        }
        throw wrong(file, "of keys in PEM only RSA is done here: convert it with ssh-keygen -p");
    }
}
