package io.buildkit4j.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TraceForwardTest {
    private static final byte[] ONE = {10, 0};
    private static final byte[] TWO = {10, 2, 18, 0};

    private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> keys = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> troubles = new LinkedBlockingQueue<>();

    private Listener collector(Address address) {
        return Listener.open(
                address,
                List.of(() -> ServerServiceDefinition.builder(TraceSink.EXPORT.getServiceName())
                        .addMethod(TraceSink.EXPORT, ServerCalls.asyncUnaryCall((request, caller) -> {
                            keys.add(RequestHeaders.current().first("x-key").orElse(""));
                            received.add(request);
                            caller.onNext(new byte[0]);
                            caller.onCompleted();
                        }))
                        .build()));
    }

    private static TraceReceiver receiver(String... variables) {
        java.util.Map<String, String> environment = new java.util.HashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            environment.put("OTEL_EXPORTER_OTLP_" + variables[i], variables[i + 1]);
        }
        return TraceReceiver.of(environment).orElseThrow();
    }

    private byte[] next() throws InterruptedException {
        byte[] bytes = received.poll(30, TimeUnit.SECONDS);
        assertThat(bytes).as("troubles: %s", troubles).isNotNull();
        return bytes;
    }

    @Test
    void aCollectorThatGoesAndComesBackGetsWhatIsToldThen() throws InterruptedException {
        Listener first = collector(Address.parse("tcp://127.0.0.1:0"));
        Address.Tcp address = (Address.Tcp) first.address();
        TraceReceiver receiver =
                receiver("ENDPOINT", "http://127.0.0.1:" + address.port(), "HEADERS", "x-key=a%20b, other=c");
        try (TraceForward forward = TraceForward.open(receiver, troubles::add)) {
            forward.take(() -> Optional.of(ONE));
            assertThat(next()).isEqualTo(ONE);
            assertThat(keys.take()).isEqualTo("a b");
            first.close();
            forward.take(() -> Optional.of(ONE));
            assertThat(troubles.poll(30, TimeUnit.SECONDS)).contains("127.0.0.1");
            // one that ends may have taken it and not said so
            received.clear();
            try (Listener again = collector(address)) {
                assertThat(again.address()).isEqualTo(address);
                forward.take(() -> Optional.of(TWO));
                assertThat(next()).isEqualTo(TWO);
            }
        } finally {
            first.close();
        }
    }

    @Test
    void whatWaitsIsSentBeforeTheEnd() {
        try (Listener collector = collector(Address.parse("tcp://127.0.0.1:0"))) {
            int port = ((Address.Tcp) collector.address()).port();
            TraceForward forward =
                    TraceForward.open(receiver("TRACES_ENDPOINT", "http://127.0.0.1:" + port), troubles::add);
            for (int i = 0; i < 20; i++) {
                forward.take(() -> Optional.of(ONE));
            }
            forward.close();
            assertThat(received).as("troubles: %s", troubles).hasSize(20);
        }
    }

    @Test
    void httpCollectorsGetAPost() throws IOException, InterruptedException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            keys.add(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Content-Type"));
            received.add(exchange.getRequestBody().readAllBytes());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        String endpoint = "http://127.0.0.1:" + server.getAddress().getPort();
        try (TraceForward forward =
                TraceForward.open(receiver("ENDPOINT", endpoint, "PROTOCOL", "http/protobuf"), troubles::add)) {
            forward.take(() -> Optional.of(ONE));
            assertThat(next()).isEqualTo(ONE);
            assertThat(keys.take()).isEqualTo("/v1/traces application/x-protobuf");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void variablesAreReadAsOpenTelemetrySays() {
        assertThat(TraceReceiver.of(Map.of())).isEmpty();
        assertThat(TraceReceiver.of(
                        Map.of("OTEL_TRACES_EXPORTER", "none", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector")))
                .isEmpty();
        TraceReceiver traces = receiver(
                "ENDPOINT", "https://all", "TRACES_ENDPOINT", "http://own:1/x", "TRACES_PROTOCOL", "http/protobuf");
        assertThat(traces.endpoint()).hasToString("http://own:1/x");
        assertThat(receiver("ENDPOINT", "collector:9").port()).isEqualTo(9);
        assertThat(receiver("ENDPOINT", "http://collector").port()).isEqualTo(4317);
        assertThat(traces.authority()).isEqualTo(Optional.empty());
        assertThatThrownBy(() -> receiver("ENDPOINT", "ftp://collector")).hasMessageContaining("ftp://collector");
        assertThatThrownBy(() -> receiver("ENDPOINT", "http://c", "PROTOCOL", "http/json"))
                .hasMessageContaining("http/json");
    }
}
