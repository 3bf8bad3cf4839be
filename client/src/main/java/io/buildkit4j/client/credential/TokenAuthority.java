package io.buildkit4j.client.credential;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.WireFault;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keys (Ed25519) by which a daemon tells that two sessions belong to the same user of a registry, without learning anything of
 * the user's password: made from the daemon's salt and a seed that stays beside Docker's configuration, in {@code .token_seed},
 * where the original's clients keep theirs. Who is not logged in has the same key as everybody else who is not.
 */
final class TokenAuthority {
    private static final int SEED = 16;
    private static final int KEY = 32;

    private final Path file;
    /** Seeds that cannot be kept in the file last as long as the program. */
    private final Map<String, byte[]> made = new ConcurrentHashMap<>();

    TokenAuthority(Path folder) {
        file = folder.resolve(".token_seed");
    }

    /** The 32 bytes of the public key. */
    byte[] publicKey(String host, byte[] salt, boolean known) {
        byte[] encoded = pair(host, salt, known).getPublic().getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - KEY, encoded.length);
    }

    /** A signature of 64 bytes and then the payload itself, as NaCl joins them. */
    byte[] signed(String host, byte[] salt, boolean known, byte[] payload) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(pair(host, salt, known).getPrivate());
            signature.update(payload);
            byte[] signed = signature.sign();
            byte[] joined = Arrays.copyOf(signed, signed.length + payload.length);
            System.arraycopy(payload, 0, joined, signed.length, payload.length);
            return joined;
        } catch (GeneralSecurityException impossible) {
            throw unusable(impossible);
        }
    }

    private KeyPair pair(String host, byte[] salt, boolean known) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            // no salt is a key of zeroes, which is how an empty key is filled up
            mac.init(new SecretKeySpec(salt.length == 0 ? new byte[1] : salt, "HmacSHA256"));
            if (known) {
                mac.update(seed(host));
            }
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, new Given(mac.doFinal()));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw unusable(impossible);
        }
    }

    private static WireFault unusable(GeneralSecurityException reason) {
        return new WireFault(Kind.INTERNAL, "this JVM makes no Ed25519 keys: " + reason.getMessage(), reason);
    }

    /** Of this host; a seed that is made now is kept, where it can be. */
    private byte[] seed(String host) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (FileChannel beside = FileChannel.open(
                            file.resolveSibling(".token_seed.lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    FileLock held = beside.lock()) {
                return seed(host, held.isValid());
            }
        } catch (IOException readOnly) {
            return seed(host, false);
        }
    }

    private byte[] seed(String host, boolean keep) {
        JsonObject seeds = seeds();
        JsonElement own = seeds.get(host);
        if (own != null && own.isJsonObject() && own.getAsJsonObject().has("Seed")) {
            return Base64.getDecoder().decode(own.getAsJsonObject().get("Seed").getAsString());
        }
        byte[] fresh = made.computeIfAbsent(host, unknown -> random());
        JsonObject named = new JsonObject();
        named.addProperty("Seed", Base64.getEncoder().encodeToString(fresh));
        seeds.add(host, named);
        if (keep) {
            write(seeds);
        }
        return fresh;
    }

    private static byte[] random() {
        byte[] bytes = new byte[SEED];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private JsonObject seeds() {
        try {
            return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        } catch (NoSuchFileException none) {
            return new JsonObject();
        } catch (IOException | JsonParseException | IllegalStateException lost) {
            return new JsonObject(); // a new seed is as good
        }
    }

    private void write(JsonObject seeds) {
        try {
            if (!Files.exists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.writeString(file, seeds.toString());
        } catch (IOException | UnsupportedOperationException readOnly) {
            // then it lasts for this question only
        }
    }

    /** Gives the seed of a key instead of chance: the JDK tells no public key of a private one. */
    private static final class Given extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] bytes;

        Given(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        @Override
        public void nextBytes(byte[] wanted) {
            System.arraycopy(bytes, 0, wanted, 0, wanted.length);
        }
    }
}
