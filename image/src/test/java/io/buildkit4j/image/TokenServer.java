package io.buildkit4j.image;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.buildkit4j.footing.PemFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Gives the tokens that the distribution project's registry believes: JSON web tokens with the signer's certificate. */
public final class TokenServer implements AutoCloseable {
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final HttpServer server;
    private final PrivateKey key;
    private final byte[] certificate;
    private final String user;
    /** What came in the Authorization header of each question. */
    public final List<String> shown = new CopyOnWriteArrayList<>();

    private TokenServer(HttpServer server, Path folder, String user) throws IOException, GeneralSecurityException {
        this.server = server;
        this.key = PemFiles.key(folder.resolve("key.pem"));
        this.certificate =
                PemFiles.certificates(folder.resolve("cert.pem")).getFirst().getEncoded();
        this.user = user;
    }

    /**
     * Signs with {@code key.pem} and {@code cert.pem} of the folder.
     *
     * @param user whom alone it knows, as {@code name:password}
     */
    public static TokenServer start(Path folder, String user) throws IOException, GeneralSecurityException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        TokenServer tokens = new TokenServer(server, folder, user);
        server.createContext("/token", tokens::answer);
        server.start();
        return tokens;
    }

    /** The section of the registry's configuration that sends clients here. */
    public String section(Path folder) {
        return "auth: {token: {realm: \"" + realm() + "\", service: test, issuer: tokens, rootcertbundle: \""
                + folder.resolve("cert.pem") + "\"}}";
    }

    public String realm() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/token";
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            shown.add(authorization == null ? "" : authorization);
            String wanted = "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
            if (!wanted.equals(authorization)) {
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            byte[] body = body(exchange.getRequestURI().getRawQuery());
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        } catch (GeneralSecurityException failed) {
            throw new IOException(failed);
        }
    }

    private byte[] body(String query) throws GeneralSecurityException {
        Map<String, String> asked = new HashMap<>();
        for (String pair : query.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            asked.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        JsonObject answer = new JsonObject();
        answer.addProperty("token", token(asked.getOrDefault("scope", "")));
        return answer.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** A token for a scope such as {@code repository:a/b:pull,push}. */
    public String token(String scope) throws GeneralSecurityException {
        JsonObject header = new JsonObject();
        header.addProperty("typ", "JWT");
        header.addProperty("alg", "RS256");
        JsonArray chain = new JsonArray();
        chain.add(Base64.getEncoder().encodeToString(certificate));
        header.add("x5c", chain);
        JsonObject claims = new JsonObject();
        claims.addProperty("iss", "tokens");
        claims.addProperty("aud", "test");
        claims.addProperty("sub", user);
        long now = Instant.now().getEpochSecond();
        claims.addProperty("nbf", now - 60);
        claims.addProperty("exp", now + 600);
        claims.add("access", access(scope.split(":", 3)));
        String signed = encode(header.toString().getBytes(StandardCharsets.UTF_8)) + "."
                + encode(claims.toString().getBytes(StandardCharsets.UTF_8));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(key);
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + encode(signature.sign());
    }

    private static JsonArray access(String[] scope) {
        JsonObject granted = new JsonObject();
        granted.addProperty("type", scope[0]);
        granted.addProperty("name", scope[1]);
        JsonArray actions = new JsonArray();
        List.of(scope[2].split(",", -1)).forEach(actions::add);
        granted.add("actions", actions);
        JsonArray access = new JsonArray();
        access.add(granted);
        return access;
    }

    private static String encode(byte[] bytes) {
        return ENCODER.encodeToString(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
