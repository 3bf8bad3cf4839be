package io.buildkit4j.worker.source.git;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Git's own server for the web, {@code git http-backend}, behind a small web server of this process. */
public final class GitServer implements AutoCloseable {
    private final HttpServer server;
    private final Path root;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    /** Only who shows this header is let in; nobody needs to when it is empty. */
    public volatile String authorization = "";
    /** Where everything is redirected to that is not empty. */
    public volatile String elsewhere = "";
    /** How many of the answers to come are failures. */
    public final AtomicInteger failures = new AtomicInteger();
    /** The Authorization header of each request. */
    public final List<String> shown = new CopyOnWriteArrayList<>();

    private GitServer(HttpServer server, Path root) {
        this.server = server;
        this.root = root;
    }

    /** Serves all repositories below the root. */
    public static GitServer start(Path root) throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        GitServer server = new GitServer(http, root);
        http.createContext("/", server::answer);
        http.setExecutor(server.threads);
        http.start();
        return server;
    }

    /** The URL of a repository below the root. */
    public String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + path;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String authorized = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                    .orElse("");
            shown.add(authorized);
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                exchange.sendResponseHeaders(503, -1);
            } else if (!elsewhere.isEmpty()) {
                exchange.getResponseHeaders().add("Location", elsewhere + exchange.getRequestURI());
                exchange.sendResponseHeaders(302, -1);
            } else if (!authorized.equals(authorization)) {
                exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"git\"");
                exchange.sendResponseHeaders(401, -1);
            } else {
                backend(exchange);
            }
        }
    }

    private void backend(HttpExchange exchange) throws IOException {
        Process process =
                program(exchange).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        Thread feed = Thread.ofVirtual().start(() -> {
            try (OutputStream input = process.getOutputStream()) {
                exchange.getRequestBody().transferTo(input);
            } catch (IOException ended) {
                process.destroy();
            }
        });
        try (InputStream output = new BufferedInputStream(process.getInputStream())) {
            int status = 200;
            for (String line = line(output); !line.isEmpty(); line = line(output)) {
                String[] header = line.split(": ", 2);
                if (header[0].equals("Status")) {
                    status = Integer.parseInt(header[1].substring(0, 3));
                } else {
                    exchange.getResponseHeaders().add(header[0], header[1]);
                }
            }
            exchange.sendResponseHeaders(status, 0);
            output.transferTo(exchange.getResponseBody());
            feed.join();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroy();
        }
    }

    private ProcessBuilder program(HttpExchange exchange) {
        ProcessBuilder builder = new ProcessBuilder("git", "http-backend");
        Map<String, String> environment = builder.environment();
        environment.put("GIT_PROJECT_ROOT", root.toString());
        environment.put("GIT_HTTP_EXPORT_ALL", "1");
        environment.put("GIT_CONFIG_COUNT", "1");
        environment.put("GIT_CONFIG_KEY_0", "safe.directory");
        environment.put("GIT_CONFIG_VALUE_0", "*");
        environment.put("REQUEST_METHOD", exchange.getRequestMethod());
        environment.put("PATH_INFO", exchange.getRequestURI().getPath());
        String query = exchange.getRequestURI().getRawQuery();
        environment.put("QUERY_STRING", query == null ? "" : query);
        pass(exchange, "Content-Type", "CONTENT_TYPE", environment);
        pass(exchange, "Content-Encoding", "HTTP_CONTENT_ENCODING", environment);
        pass(exchange, "Git-Protocol", "GIT_PROTOCOL", environment);
        environment.put("REMOTE_ADDR", "127.0.0.1");
        return builder;
    }

    private static void pass(HttpExchange exchange, String header, String variable, Map<String, String> environment) {
        String value = exchange.getRequestHeaders().getFirst(header);
        if (value != null) {
            environment.put(variable, value);
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
