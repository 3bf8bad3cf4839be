package io.buildkit4j.wire;

import io.buildkit4j.footing.Kind;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where traces go: a collector that speaks OTLP.
 *
 * @param endpoint an address of the web, encrypted or not; over HTTP with the path that spans are posted to
 * @param http as HTTP with protobuf bodies rather than gRPC
 * @param headers that go along, such as a key
 * @param authority that the collector's certificate must come from, in PEM; absent for those that the JDK trusts
 * @param service what the daemon calls itself in its own spans
 */
public record TraceReceiver(
        URI endpoint, boolean http, Map<String, String> headers, Optional<Path> authority, String service) {
    private static final String PREFIX = "OTEL_EXPORTER_OTLP_";

    /** The map is copied. */
    public TraceReceiver {
        headers = Map.copyOf(headers);
    }

    /**
     * As OpenTelemetry's variables say: {@code OTEL_EXPORTER_OTLP_[TRACES_]ENDPOINT}, {@code _PROTOCOL}, {@code _HEADERS},
     * {@code _CERTIFICATE}, {@code OTEL_SERVICE_NAME}. None without an endpoint, or with {@code OTEL_TRACES_EXPORTER=none}.
     *
     * @throws WireFault INVALID_ARGUMENT for a variable that means nothing
     */
    public static Optional<TraceReceiver> of(Map<String, String> environment) {
        Optional<String> own = text(environment, PREFIX + "TRACES_ENDPOINT");
        Optional<String> given = own.or(() -> text(environment, PREFIX + "ENDPOINT"));
        if (given.isEmpty()
                || environment.getOrDefault("OTEL_TRACES_EXPORTER", "").equals("none")) {
            return Optional.empty();
        }
        String protocol = either(environment, "PROTOCOL").orElse("grpc");
        if (!protocol.equals("grpc") && !protocol.equals("http/protobuf")) {
            throw wrong(PREFIX + "PROTOCOL is grpc or http/protobuf, not " + protocol);
        }
        boolean http = protocol.equals("http/protobuf");
        String address = given.get().contains("://") ? given.get() : "http://" + given.get();
        // the general endpoint is the base of three; that of traces is used as it is
        String path = http && own.isEmpty() ? (address.endsWith("/") ? "v1/traces" : "/v1/traces") : "";
        return Optional.of(new TraceReceiver(
                endpoint(address + path),
                http,
                headers(either(environment, "HEADERS").orElse("")),
                either(environment, "CERTIFICATE").map(Path::of),
                text(environment, "OTEL_SERVICE_NAME").orElse("buildkitd")));
    }

    private static Optional<String> either(Map<String, String> environment, String name) {
        return text(environment, PREFIX + "TRACES_" + name).or(() -> text(environment, PREFIX + name));
    }

    private static Optional<String> text(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(text -> !text.isBlank());
    }

    private static URI endpoint(String text) {
        try {
            URI endpoint = URI.create(text);
            String scheme = String.valueOf(endpoint.getScheme());
            if ((scheme.equals("http") || scheme.equals("https")) && endpoint.getHost() != null) {
                return endpoint;
            }
        } catch (IllegalArgumentException malformed) {
            throw wrong("the traces' endpoint is no address: " + text);
        }
        throw wrong("the traces' endpoint is http://HOST:PORT or https://HOST:PORT, not " + text);
    }

    private static Map<String, String> headers(String text) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String pair : text.split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                headers.put(
                        pair.substring(0, equals).strip().toLowerCase(Locale.ROOT),
                        URLDecoder.decode(pair.substring(equals + 1).strip(), StandardCharsets.UTF_8));
            }
        }
        return headers;
    }

    private static WireFault wrong(String message) {
        return new WireFault(Kind.INVALID_ARGUMENT, message);
    }

    /** The port, usual where none is said. */
    int port() {
        return endpoint.getPort() > 0 ? endpoint.getPort() : 4317;
    }

    boolean encrypted() {
        return "https".equals(endpoint.getScheme());
    }
}
