package io.buildkit4j.worker.source.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.store.Store;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("root")
@Timeout(60)
class DownloadsTest {
    private static final byte[] CONTENT = "0123456789".repeat(10_000).getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path directory;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> authorized = new CopyOnWriteArrayList<>();
    private Store store;
    private HttpServer server;
    private HttpServer other;
    private Downloads downloads;

    /** Answers one request. */
    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void open() throws IOException, InterruptedException {
        store = Store.open(directory.resolve("store"));
        server = serve();
        other = serve();
        downloads = downloads(PrivateAddresses.ALLOWED);
    }

    private Downloads downloads(PrivateAddresses policy) {
        return new Downloads(store.content(), store.table("downloads"), policy, Duration.ofSeconds(1));
    }

    private static HttpServer serve() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return server;
    }

    @AfterEach
    void close() {
        downloads.close();
        server.stop(0);
        other.stop(0);
        store.close();
    }

    private void on(HttpServer host, String path, Answer answer) {
        host.createContext(path, exchange -> {
            try (exchange) {
                asked.add(exchange.getRequestURI().toString());
                authorized.add(Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                        .orElse(""));
                answer.to(exchange);
            }
        });
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private static Answer to(String location) {
        return exchange -> {
            exchange.getResponseHeaders().add("Location", location);
            send(exchange, 302, new byte[0]);
        };
    }

    private static String url(HttpServer host, String path) {
        return "http://127.0.0.1:" + host.getAddress().getPort() + path;
    }

    private Digest fetch(String path) throws InterruptedException {
        return downloads
                .fetch(WebRequest.of(url(server, path)), (current, total) -> {})
                .digest();
    }

    private static void fails(ThrowingCallable call, Kind kind, String why) {
        assertThatThrownBy(call).hasMessageContaining(why).extracting("kind").isEqualTo(kind);
    }

    @Test
    void credentialsAndHeadersAreForTheUrlsOwnHost() throws InterruptedException {
        on(server, "/here", to("/there"));
        on(server, "/there", to(url(other, "/away")));
        on(other, "/away", exchange -> {
            assertThat(exchange.getRequestHeaders().getFirst("X-Own")).isNull();
            send(exchange, 200, CONTENT);
        });
        WebRequest request = new WebRequest(
                url(server, "/here"), Optional.of("Bearer x"), List.of(new WebRequest.Header("X-Own", "y")));
        assertThat(downloads.fetch(request, (current, total) -> {}).digest()).isEqualTo(Digest.of(CONTENT));
        assertThat(authorized).containsExactly("Bearer x", "Bearer x", "");
        assertThat(request.toString()).doesNotContain("Bearer");
    }

    @Test
    void circlesAndPlacesThatAreNoneAreRefused() {
        on(server, "/round", to("/round"));
        fails(() -> fetch("/round"), Kind.UNAVAILABLE, "redirects in circles");
        assertThat(asked).hasSize(11);
        on(server, "/file", to("file:///etc/passwd"));
        fails(() -> fetch("/file"), Kind.UNAVAILABLE, "a place that is none");
        fails(
                () -> downloads.fetch(WebRequest.of("http://me:word@h/x"), (c, t) -> {}),
                Kind.INVALID_ARGUMENT,
                "HTTP_AUTH");
        fails(() -> downloads.fetch(WebRequest.of("ftp://h/x"), (c, t) -> {}), Kind.INVALID_ARGUMENT, "not a URL");
    }

    @Test
    void privatePlacesCanBeDenied() {
        downloads.close();
        downloads = downloads(PrivateAddresses.DENIED);
        fails(() -> fetch("/x"), Kind.PERMISSION_DENIED, "sources.denyPrivateAddresses");
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true", "10.1.2.3, true", "172.16.0.1, true", "192.168.1.1, true", "169.254.169.254, true",
        "100.64.0.1, true", "0.0.0.0, true", "224.0.0.1, true", "255.255.255.255, true", "::1, true",
        "fd00::1, true", "fe80::1, true", "::ffff:10.0.0.1, true", "64:ff9b::a00:1, true", "2002:a00:1::, true",
        "1.1.1.1, false", "172.32.0.1, false", "100.128.0.1, false", "2606:4700::1111, false", "64:ff9b::101:101, false"
    })
    void privateIs(String address, boolean expected) throws IOException {
        assertThat(PrivateAddresses.isPrivate(InetAddress.getByName(address))).isEqualTo(expected);
    }

    @Test
    void whatBreaksOffIsContinuedWhereTheServerSaysThatItIsTheSame() throws InterruptedException {
        on(server, "/part", exchange -> {
            exchange.getResponseHeaders().add("ETag", "\"one\"");
            String range = exchange.getRequestHeaders().getFirst("Range");
            if (range == null) {
                exchange.sendResponseHeaders(200, CONTENT.length);
                exchange.getResponseBody().write(CONTENT, 0, 70_000);
                exchange.getResponseBody().flush();
                return; // closes early
            }
            assertThat(exchange.getRequestHeaders().getFirst("If-Range")).isEqualTo("\"one\"");
            int from = Integer.parseInt(range.replaceAll("\\D", ""));
            exchange.getResponseHeaders().add("Content-Range", "bytes " + from + "-99999/100000");
            send(exchange, 206, java.util.Arrays.copyOfRange(CONTENT, from, CONTENT.length));
        });
        assertThat(fetch("/part")).isEqualTo(Digest.of(CONTENT));
        assertThat(asked).hasSize(2);
    }

    @Test
    void whatBreaksOffWithoutAMarkIsAFault() {
        on(server, "/short", exchange -> {
            exchange.sendResponseHeaders(200, CONTENT.length);
            exchange.getResponseBody().write(CONTENT, 0, 10);
            exchange.getResponseBody().flush();
        });
        fails(() -> fetch("/short"), Kind.UNAVAILABLE, url(server, "/short"));
    }

    @Test
    void whoStallsIsGivenUp() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        on(server, "/stall", exchange -> {
            exchange.sendResponseHeaders(200, CONTENT.length);
            exchange.getResponseBody().write(CONTENT, 0, 10);
            exchange.getResponseBody().flush();
            try {
                end.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        fails(() -> fetch("/stall"), Kind.UNAVAILABLE, "nothing came for 1 s");
        end.countDown();
    }

    @Test
    void whatPassesIsWaitedForAndWhatIsKnownIsNotSentAgain() throws InterruptedException {
        on(server, "/busy", exchange -> {
            boolean same = "Mon, 01 Jan 2024 00:00:00 GMT"
                    .equals(exchange.getRequestHeaders().getFirst("If-Modified-Since"));
            exchange.getResponseHeaders().add("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT");
            send(exchange, asked.size() < 3 ? 503 : same ? 304 : 200, asked.size() < 3 || same ? new byte[0] : CONTENT);
        });
        assertThat(fetch("/busy")).isEqualTo(Digest.of(CONTENT));
        assertThat(asked).hasSize(3);
        assertThat(fetch("/busy")).isEqualTo(Digest.of(CONTENT));
        assertThat(asked).hasSize(4);
    }
}
