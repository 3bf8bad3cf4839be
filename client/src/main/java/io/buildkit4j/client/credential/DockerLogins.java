package io.buildkit4j.client.credential;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.RegistryHost;
import io.buildkit4j.wire.Session.Credentials;
import io.buildkit4j.wire.SessionOffer;
import io.buildkit4j.wire.WireFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Logins from Docker's configuration: {@code $DOCKER_CONFIG/config.json}, else {@code ~/.docker/config.json}. A credential
 * program named for the host comes first, then what the file holds, then the program for all hosts. Read anew on each
 * question, since a user may log in while a build waits.
 */
public final class DockerLogins implements SessionOffer.Logins {
    private static final String HUB = "https://index.docker.io/v1/";

    private final Path file;
    private final Optional<SessionOffer.Tokens> tokens;

    /** Takes the variables {@code DOCKER_CONFIG} and {@code HOME}. */
    public DockerLogins(Map<String, String> environment) {
        this(environment, Map.of());
    }

    /** The same with ways to the registries' tokens; with {@code BUILDKIT_NO_CLIENT_TOKEN} passwords are told instead. */
    public DockerLogins(Map<String, String> environment, Map<String, RegistryHost> registries) {
        String directory = environment.getOrDefault("DOCKER_CONFIG", "");
        file = directory.isEmpty()
                ? Path.of(
                        environment.getOrDefault("HOME", System.getProperty("user.home", "/")),
                        ".docker",
                        "config.json")
                : Path.of(directory, "config.json");
        boolean declined = List.of("1", "t", "T", "true", "TRUE", "True")
                .contains(environment.getOrDefault("BUILDKIT_NO_CLIENT_TOKEN", ""));
        tokens = declined
                ? Optional.empty()
                : Optional.of(new DockerTokens(this, new TokenAuthority(file.resolveSibling(".")), registries));
    }

    @Override
    public Optional<SessionOffer.Tokens> tokens() {
        return tokens;
    }

    /** For a registry host; empty when nothing is known of it. */
    @Override
    public Optional<Credentials> credentials(String host) throws InterruptedException {
        JsonObject config = config();
        String key = host.equals("docker.io") || host.equals("registry-1.docker.io") || host.equals("index.docker.io")
                ? HUB
                : host;
        Optional<String> own = text(object(config, "credHelpers"), host);
        if (own.isPresent()) {
            return CredentialProgram.ask(own.get(), key);
        }
        Optional<Credentials> stored = stored(object(config, "auths"), key);
        Optional<String> common = text(config, "credsStore");
        return stored.isPresent() || common.isEmpty() ? stored : CredentialProgram.ask(common.get(), key);
    }

    private JsonObject config() {
        try {
            return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        } catch (NoSuchFileException none) {
            return new JsonObject();
        } catch (IOException | JsonParseException | IllegalStateException garbled) {
            throw new WireFault(
                    Kind.FAILED_PRECONDITION,
                    "cannot read " + file + ": " + garbled.getMessage() + "; correct it, or remove it and log in again",
                    garbled);
        }
    }

    private Optional<Credentials> stored(JsonObject auths, String key) {
        for (String name : auths.keySet()) {
            if (name.equals(key) || bare(name).equals(bare(key))) {
                return login(object(auths, name), name);
            }
        }
        return Optional.empty();
    }

    /** Some programs store a host as an address with scheme and path. */
    private static String bare(String address) {
        String bare = address.replaceFirst("^https?://", "");
        int slash = bare.indexOf('/');
        return slash < 0 ? bare : bare.substring(0, slash);
    }

    private Optional<Credentials> login(JsonObject auth, String name) {
        Optional<String> token = text(auth, "identitytoken");
        if (token.isPresent()) {
            return token.map(secret -> new Credentials("", secret));
        }
        Optional<String> packed = text(auth, "auth");
        if (packed.isEmpty()) {
            return text(auth, "username")
                    .map(user -> new Credentials(user, text(auth, "password").orElse("")));
        }
        return packed.map(text -> unpacked(text, name));
    }

    private Credentials unpacked(String packed, String name) {
        try {
            String pair = new String(Base64.getDecoder().decode(packed), StandardCharsets.UTF_8).replace("\0", "");
            int colon = pair.indexOf(':');
            if (colon >= 0) {
                return new Credentials(pair.substring(0, colon), pair.substring(colon + 1));
            }
        } catch (IllegalArgumentException ignored) {
            // told below
        }
        throw new WireFault(
                Kind.FAILED_PRECONDITION, "the login of " + name + " in " + file + " is garbled: log in again");
    }

    private static JsonObject object(JsonObject parent, String name) {
        JsonElement child = parent.get(name);
        return child != null && child.isJsonObject() ? child.getAsJsonObject() : new JsonObject();
    }

    private static Optional<String> text(JsonObject parent, String name) {
        JsonElement child = parent.get(name);
        return child != null && child.isJsonPrimitive()
                ? Optional.of(child.getAsString()).filter(text -> !text.isEmpty())
                : Optional.empty();
    }
}
