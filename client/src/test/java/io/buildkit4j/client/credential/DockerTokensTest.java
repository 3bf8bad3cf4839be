package io.buildkit4j.client.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.buildkit4j.wire.Session.TokenRequest;
import io.buildkit4j.wire.SessionOffer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerTokensTest {
    /** What comes before the 32 bytes of an Ed25519 key in its usual form (RFC 8410). */
    private static final byte[] KEY = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final String HOST = "127.0.0.1:5000";
    private static final byte[] SALT = {1, 2, 3};

    @TempDir
    Path folder;

    @BeforeEach
    void logIn() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"auths\":{\"" + HOST + "\":{\"auth\":\"bWU6c2VjcmV0\"}}}");
    }

    private DockerLogins logins(String... more) {
        return new DockerLogins(
                more.length == 0
                        ? Map.of("DOCKER_CONFIG", folder.toString())
                        : Map.of("DOCKER_CONFIG", folder.toString(), more[0], more[1]));
    }

    private SessionOffer.Tokens tokens() {
        return logins().tokens().orElseThrow();
    }

    @Test
    void tokensAreFetchedWithTheUsersLogin() throws IOException, InterruptedException {
        BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        HttpServer realm = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        realm.createContext("/token", exchange -> {
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            asked.add(exchange.getRequestURI().getRawQuery() + " " + authorization);
            byte[] body = "{\"token\":\"abc\",\"expires_in\":7,\"issued_at\":\"1970-01-01T00:01:00Z\"}"
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(authorization == null ? 401 : 200, authorization == null ? -1 : body.length);
            if (authorization != null) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        realm.start();
        String address = "http://127.0.0.1:" + realm.getAddress().getPort() + "/token";
        try {
            TokenRequest request =
                    new TokenRequest(HOST, address, "reg", List.of("repository:a:pull", "repository:b:pull"));
            assertThat(tokens().fetch(request)).isEqualTo(new SessionOffer.Token("abc", 7, 60));
            assertThat(asked.take())
                    .contains("service=reg", "scope=repository%3Aa%3Apull+repository%3Ab%3Apull")
                    .endsWith(" Basic bWU6c2VjcmV0");
            TokenRequest stranger = new TokenRequest("127.0.0.1:9", address, "reg", List.of("repository:a:pull"));
            assertThatThrownBy(() -> tokens().fetch(stranger)).hasMessageContaining("log in to it first");
            TokenRequest plain = new TokenRequest("docker.io", address, "reg", List.of("repository:a:pull"));
            Files.writeString(
                    folder.resolve("config.json"),
                    "{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"bWU6c2VjcmV0\"}}}");
            assertThatThrownBy(() -> tokens().fetch(plain)).hasMessageContaining("without encryption");
        } finally {
            realm.stop(0);
        }
    }

    @Test
    void aSignatureProvesThatTheSeedIsTheSame() throws GeneralSecurityException, IOException, InterruptedException {
        byte[] key = tokens().authority(HOST, SALT);
        byte[] payload = "anything".getBytes(StandardCharsets.UTF_8);
        byte[] signed = tokens().signed(HOST, SALT, payload);
        assertThat(Arrays.copyOfRange(signed, 64, signed.length)).isEqualTo(payload);
        assertThat(verifies(key, payload, Arrays.copyOf(signed, 64))).isTrue();
        byte[] other = "something".getBytes(StandardCharsets.UTF_8);
        assertThat(verifies(key, other, Arrays.copyOf(signed, 64))).isFalse();
        assertThat(tokens().authority(HOST, new byte[] {1, 2, 4})).isNotEqualTo(key);
        assertThat(Files.getPosixFilePermissions(folder.resolve(".token_seed")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        Files.delete(folder.resolve(".token_seed"));
        assertThat(tokens().authority(HOST, SALT)).isNotEqualTo(key);
    }

    private static boolean verifies(byte[] key, byte[] payload, byte[] signature) throws GeneralSecurityException {
        byte[] encoded = Arrays.copyOf(KEY, KEY.length + key.length);
        System.arraycopy(key, 0, encoded, KEY.length, key.length);
        PublicKey known = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
        Signature check = Signature.getInstance("Ed25519");
        check.initVerify(known);
        check.update(payload);
        return check.verify(signature);
    }

    @Test
    void whoIsNotLoggedInIsLikeEverybodyElse() throws InterruptedException {
        byte[] nobody = tokens().authority("example.org", SALT);
        assertThat(nobody).isEqualTo(tokens().authority("example.com", SALT));
        assertThat(folder.resolve(".token_seed")).doesNotExist();
    }

    @Test
    void tokensCanBeDeclined() {
        assertThat(logins("BUILDKIT_NO_CLIENT_TOKEN", "1").tokens()).isEmpty();
        assertThat(logins("BUILDKIT_NO_CLIENT_TOKEN", "0").tokens()).isPresent();
    }
}
