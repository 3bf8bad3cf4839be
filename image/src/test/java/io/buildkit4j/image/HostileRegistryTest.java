package io.buildkit4j.image;

import static io.buildkit4j.image.HostileServer.head;
import static io.buildkit4j.image.HostileServer.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.CredentialSource.Credentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Registries that stall, break off, lie, and send clients in circles. */
@Timeout(60)
class HostileRegistryTest {
    private static final byte[] BYTES = new byte[300_000];
    private static final Descriptor BLOB;
    private static final String MANIFEST = new String(
            new Manifest(
                            MediaTypes.OCI_MANIFEST,
                            Descriptor.of(MediaTypes.OCI_CONFIG, Digest.ofText("{}"), 2),
                            java.util.List.of(),
                            Map.of())
                    .bytes(),
            StandardCharsets.ISO_8859_1);

    static {
        new Random(4).nextBytes(BYTES);
        BLOB = Descriptor.of(MediaTypes.OCI_LAYER, Digest.of(BYTES), BYTES.length);
    }

    private final Registries registries = new Registries(
            Map.of(),
            new Patience(Duration.ofSeconds(5), Duration.ofMillis(700), Duration.ofSeconds(2), Duration.ofMillis(10)));

    @AfterEach
    void close() {
        registries.close();
    }

    private Repository repository(HostileServer server, CredentialSource credentials) {
        return registries.open(Reference.parse(server.host() + "/a/b:t"), credentials);
    }

    private Repository repository(HostileServer server) {
        return repository(server, CredentialSource.ANONYMOUS);
    }

    private static CredentialSource login(String user, String secret) {
        return host -> Optional.of(new Credentials(user, secret));
    }

    private static void fails(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Kind kind, String why) {
        assertThatThrownBy(call).hasMessageContaining(why).extracting("kind").isEqualTo(kind);
    }

    private static byte[] all(InputStream stream) throws IOException {
        try (InputStream in = stream) {
            return in.readAllBytes();
        }
    }

    @Test
    void whoNeverAnswersIsGivenUp() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        try (HostileServer server = new HostileServer((request, out) -> never.await())) {
            fails(() -> repository(server).resolve(), Kind.UNAVAILABLE, "does not answer");
            never.countDown();
        }
    }

    @Test
    void whoStopsInTheMiddleIsAskedForTheRest() throws IOException, InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        try (HostileServer server = new HostileServer((request, out) -> {
            int from = offset(request);
            head(
                    out,
                    from == 0 ? "200 OK" : "206 Partial Content",
                    "Content-Length: " + (BYTES.length - from),
                    "Content-Range: bytes " + from + "-" + (BYTES.length - 1) + "/" + BYTES.length);
            boolean last = calls.incrementAndGet() > 2;
            out.write(BYTES, from, last ? BYTES.length - from : 100_000);
            out.flush();
            if (!last) {
                never.await();
            }
        })) {
            assertThat(Digest.of(all(repository(server).open(BLOB, 0)))).isEqualTo(BLOB.digest());
            assertThat(server.requests)
                    .extracting(request -> request.header("Range"))
                    .containsExactly("", "bytes=100000-", "bytes=200000-");
            never.countDown();
        }
    }

    private static int offset(HostileServer.Request request) {
        String range = request.header("Range");
        return range.isEmpty() ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
    }

    @Test
    void anUploadThatNobodyTakesEnds() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        byte[] big = new byte[40 << 20];
        Descriptor blob = Descriptor.of(MediaTypes.OCI_LAYER, Digest.of(big), big.length);
        try (HostileServer server = new HostileServer((request, out) -> {
            switch (request.method()) {
                case "HEAD" -> head(out, "404 Not Found");
                case "POST" -> head(out, "202 Accepted", "Location: /upload", "Content-Length: 0");
                default -> never.await();
            }
        })) {
            Repository repository =
                    registries.openForPush(Reference.parse(server.host() + "/a:t"), CredentialSource.ANONYMOUS, false);
            fails(
                    () -> repository.push(blob, (b, offset) -> new ByteArrayInputStream(big), sent -> {}),
                    Kind.UNAVAILABLE,
                    "does not answer");
            never.countDown();
        }
    }

    @Test
    void aBodyThatBreaksOffAgainAndAgainIsGivenUp() throws IOException {
        try (HostileServer server = new HostileServer((request, out) -> {
            int from = offset(request);
            head(
                    out,
                    "206 Partial Content",
                    "Content-Length: " + (BYTES.length - from),
                    "Content-Range: bytes " + from + "-" + (BYTES.length - 1) + "/" + BYTES.length);
            if (from == 0) {
                out.write(BYTES, 0, 1000);
            }
        })) {
            fails(() -> all(repository(server).open(BLOB, 0)), Kind.UNAVAILABLE, "broke at byte 1000");
        }
    }

    @Test
    void aRegistryThatKnowsNoRangesIsReadFromTheStart() throws IOException, InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        try (HostileServer server = new HostileServer((request, out) -> {
            head(out, "200 OK", "Content-Length: " + BYTES.length);
            out.write(BYTES, 0, calls.incrementAndGet() == 1 ? 123_456 : BYTES.length);
        })) {
            assertThat(Digest.of(all(repository(server).open(BLOB, 0)))).isEqualTo(BLOB.digest());
        }
    }

    @Test
    void anotherRangeThanTheOneThatWasAskedForIsNotTaken() throws IOException {
        try (HostileServer server = new HostileServer((request, out) -> {
            head(
                    out,
                    offset(request) == 0 ? "200 OK" : "206 Partial Content",
                    "Content-Length: " + BYTES.length,
                    "Content-Range: bytes 0-299999/300000");
            out.write(BYTES, 0, 1000);
        })) {
            fails(() -> all(repository(server).open(BLOB, 0)), Kind.UNAVAILABLE, "when asked for bytes from 1000 on");
        }
    }

    @Test
    void aSizeThatIsNotTheImagesIsToldAtOnce() throws IOException {
        try (HostileServer server = new HostileServer((request, out) -> text(out, "200 OK", "short"))) {
            fails(
                    () -> repository(server).open(BLOB, 0).close(),
                    Kind.DATA_LOSS,
                    "has 5 bytes for " + BLOB.digest() + " of " + server.host() + "/a/b, but the image says 300000");
        }
    }

    @Test
    void aManifestThatIsNotWhatItsDigestSaysIsRefused() throws IOException {
        Digest wanted = Digest.ofText("something else");
        try (HostileServer server = new HostileServer((request, out) -> text(out, "200 OK", MANIFEST))) {
            fails(() -> repository(server).manifest(wanted), Kind.DATA_LOSS, "sent a manifest with digest sha256:");
        }
    }

    @Test
    void aManifestThatBreaksOffIsFetchedAgain() throws IOException, InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        try (HostileServer server = new HostileServer((request, out) -> {
            head(out, "200 OK", "Content-Length: " + MANIFEST.length());
            String part = calls.incrementAndGet() == 1 ? MANIFEST.substring(0, 20) : MANIFEST;
            out.write(part.getBytes(StandardCharsets.ISO_8859_1));
        })) {
            Digest digest = Digest.of(MANIFEST.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(repository(server).manifest(digest).descriptor().digest())
                    .isEqualTo(digest);
        }
    }

    @Test
    void overloadIsWaitedOutForAWhile() throws IOException, InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        try (HostileServer server = new HostileServer((request, out) -> {
            switch (calls.incrementAndGet()) {
                case 1 -> head(out, "503 Service Unavailable", "Content-Length: 0");
                case 2 -> head(out, "429 Too Many Requests", "Retry-After: 0", "Content-Length: 0");
                case 3 -> out.flush();
                default -> text(out, "200 OK", MANIFEST);
            }
        })) {
            Digest digest = Digest.of(MANIFEST.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(repository(server).manifest(digest).bytes()).hasSize(MANIFEST.length());
            assertThat(calls).hasValue(4);
        }
        try (HostileServer server =
                new HostileServer((request, out) -> head(out, "500 Internal Server Error", "Content-Length: 0"))) {
            fails(() -> repository(server).manifest(BLOB.digest()), Kind.UNAVAILABLE, "answers 500");
            assertThat(server.requests).hasSize(5);
        }
    }

    @Test
    void credentialsDoNotFollowToAnotherHost() throws IOException, InterruptedException {
        try (HostileServer other = new HostileServer((request, out) -> {
                    head(out, "200 OK", "Content-Length: " + BYTES.length);
                    out.write(BYTES);
                });
                HostileServer server = new HostileServer((request, out) -> {
                    if (request.header("Authorization").isEmpty()) {
                        head(out, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"r\"", "Content-Length: 0");
                    } else {
                        head(
                                out,
                                "307 Temporary Redirect",
                                "Location: http://" + other.host() + "/elsewhere",
                                "Content-Length: 0");
                    }
                })) {
            assertThat(all(repository(server, login("me", "secret")).open(BLOB, 0)))
                    .isEqualTo(BYTES);
            assertThat(other.requests).singleElement().satisfies(request -> {
                assertThat(request.target()).isEqualTo("/elsewhere");
                assertThat(request.header("Authorization")).isEmpty();
            });
        }
    }

    @Test
    void whoIsRedirectedToCannotAskForCredentials() throws IOException {
        try (HostileServer thief = new HostileServer((request, out) ->
                        head(out, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"r\"", "Content-Length: 0"));
                HostileServer server = new HostileServer((request, out) ->
                        head(out, "302 Found", "Location: http://" + thief.host() + "/x", "Content-Length: 0"))) {
            fails(() -> repository(server, login("me", "secret")).open(BLOB, 0).close(), Kind.UNAUTHENTICATED, "");
            assertThat(thief.requests)
                    .isNotEmpty()
                    .allMatch(request -> request.header("Authorization").isEmpty());
            assertThat(server.requests)
                    .allMatch(request -> request.header("Authorization").isEmpty());
        }
    }

    @Test
    void circlesEnd() throws IOException {
        try (HostileServer server = new HostileServer(
                (request, out) -> head(out, "302 Found", "Location: " + request.target(), "Content-Length: 0"))) {
            fails(() -> repository(server).open(BLOB, 0).close(), Kind.UNAVAILABLE, "redirects in circles");
            assertThat(server.requests).hasSizeLessThan(20);
        }
        for (String nowhere : new String[] {"file:///etc/passwd", "http://", "::::", "gopher://x/"}) {
            try (HostileServer server = new HostileServer(
                    (request, out) -> head(out, "302 Found", "Location: " + nowhere, "Content-Length: 0"))) {
                fails(() -> repository(server).open(BLOB, 0).close(), Kind.UNAVAILABLE, "a place that is none");
            }
        }
    }

    private static final String TOKEN = "{\"token\":\"good\",\"expires_in\":60}";

    private static HostileServer withTokens(HostileServer.Answers tokens) throws IOException {
        return new HostileServer((request, out) -> {
            if (request.target().startsWith("/token")) {
                tokens.answer(request, out);
            } else if (request.header("Authorization").equals("Bearer good")) {
                text(out, "200 OK", MANIFEST);
            } else {
                head(
                        out,
                        "401 Unauthorized",
                        "WWW-Authenticate: Bearer realm=\"http://" + request.header("Host")
                                + "/token?x=1\",service=\"here\",scope=\"repository:a/b:pull\"",
                        "Content-Length: 0");
            }
        });
    }

    private void pulls(HostileServer server, CredentialSource credentials) throws InterruptedException {
        repository(server, credentials).manifest(Digest.of(MANIFEST.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void aTokenForNobody() throws IOException, InterruptedException {
        try (HostileServer server = withTokens((request, out) -> text(out, "200 OK", TOKEN))) {
            pulls(server, CredentialSource.ANONYMOUS);
            HostileServer.Request asked = server.requests.get(1);
            assertThat(asked.method()).isEqualTo("GET");
            assertThat(asked.target()).isEqualTo("/token?x=1&service=here&scope=repository%3Aa%2Fb%3Apull");
            assertThat(asked.header("Authorization")).isEmpty();
        }
    }

    @Test
    void aTokenForAPassword() throws IOException, InterruptedException {
        try (HostileServer server = withTokens((request, out) -> text(out, "200 OK", TOKEN))) {
            pulls(server, login("me", "päss"));
            HostileServer.Request asked = server.requests.get(1);
            byte[] pair =
                    Base64.getDecoder().decode(asked.header("Authorization").substring("Basic ".length()));
            assertThat(new String(pair, StandardCharsets.UTF_8)).isEqualTo("me:päss");
            assertThat(asked.target()).contains("account=me");
        }
    }

    @Test
    void aTokenForAnIdentityToken() throws IOException, InterruptedException {
        try (HostileServer server = withTokens(
                (request, out) -> text(out, "200 OK", "{\"access_token\":\"good\",\"refresh_token\":\"r\"}"))) {
            pulls(server, login("", "refresh+me"));
            HostileServer.Request asked = server.requests.get(1);
            assertThat(asked.method()).isEqualTo("POST");
            assertThat(asked.body()).contains("grant_type=refresh_token", "refresh_token=refresh%2Bme", "service=here");
        }
    }

    @Test
    void aTokenThatRanOutIsRenewed() throws IOException, InterruptedException {
        AtomicInteger tokens = new AtomicInteger();
        AtomicInteger pulls = new AtomicInteger();
        try (HostileServer server = new HostileServer((request, out) -> {
            if (request.target().startsWith("/token")) {
                text(out, "200 OK", "{\"token\":\"t" + tokens.incrementAndGet() + "\"}");
            } else if (request.header("Authorization").equals("Bearer t" + (pulls.get() < 2 ? 1 : 2))) {
                pulls.incrementAndGet();
                text(out, "200 OK", MANIFEST);
            } else {
                head(
                        out,
                        "401 Unauthorized",
                        "WWW-Authenticate: Bearer realm=\"http://" + request.header("Host") + "/token\"",
                        "Content-Length: 0");
            }
        })) {
            Repository repository = repository(server);
            Digest digest = Digest.of(MANIFEST.getBytes(StandardCharsets.ISO_8859_1));
            for (int i = 0; i < 4; i++) {
                repository.manifest(digest);
            }
            assertThat(tokens).hasValue(2);
        }
    }

    @Test
    void refusalsSayWhetherOneHasToLogIn() throws IOException {
        try (HostileServer server = withTokens((request, out) -> text(out, "401 Unauthorized", "{}"))) {
            fails(() -> pulls(server, CredentialSource.ANONYMOUS), Kind.UNAUTHENTICATED, "log in to it first");
            fails(() -> pulls(server, login("me", "wrong")), Kind.UNAUTHENTICATED, "the credentials are refused");
        }
        try (HostileServer server = withTokens((request, out) -> text(out, "200 OK", "{\"token\":\"bad\\nX: y\"}"))) {
            fails(() -> pulls(server, CredentialSource.ANONYMOUS), Kind.UNAVAILABLE, "no usable token");
        }
    }

    @Test
    void basicIsNotAskedForTwice() throws IOException {
        try (HostileServer server = new HostileServer((request, out) ->
                head(out, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"r\"", "Content-Length: 0"))) {
            fails(() -> pulls(server, login("me", "wrong")), Kind.UNAUTHENTICATED, "you have to log in");
            assertThat(server.requests).hasSize(2);
        }
    }
}
