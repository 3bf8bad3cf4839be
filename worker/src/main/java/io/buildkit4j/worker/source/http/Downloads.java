package io.buildkit4j.worker.source.http;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.store.ContentStore;
import io.buildkit4j.store.MetadataTable;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Gets URLs into the content store. Safe for any thread; the HTTP client is loaded with the first request. */
public final class Downloads implements AutoCloseable {
    private static final String TYPE = "application/octet-stream";

    private final ContentStore content;
    private final MetadataTable known;
    /** Guards the client while it is made. */
    private final ReentrantLock lock = new ReentrantLock();

    private final PrivateAddresses policy;
    private final Duration patience;
    private @Nullable HttpClient client;

    /** Contents go to the one, what is known about URLs to the other. */
    public Downloads(ContentStore content, MetadataTable known, PrivateAddresses policy) {
        this(content, known, policy, Duration.ofSeconds(60));
    }

    Downloads(ContentStore content, MetadataTable known, PrivateAddresses policy, Duration patience) {
        this.content = content;
        this.known = known;
        this.policy = policy;
        this.patience = patience;
    }

    /**
     * What a URL answered.
     *
     * @param entityTag, and {@code modified}: as the server wrote them, empty when it did not
     * @param disposition the server's Content-Disposition, empty when there is none
     */
    public record Download(Digest digest, String entityTag, String modified, String disposition) {}

    /** Hears of the bytes that have arrived; the total is 0 when unknown. */
    public interface Listener {
        /** Called about once for each 64 KiB. */
        void progress(long current, long total);
    }

    /** Something that can be read once. */
    @FunctionalInterface
    public interface Offer {
        /** Begins to read it. */
        InputStream open() throws InterruptedException;
    }

    /**
     * What is offered once under this URL, which nothing else ever is; what was taken before is taken again.
     *
     * @throws WorkerFault UNAVAILABLE, naming the URL
     */
    public Download take(String url, Offer offer) throws InterruptedException {
        Optional<Download> before = remembered(url);
        if (before.isPresent()) {
            return before.get();
        }
        try (InputStream body = offer.open()) {
            Download got =
                    keep(body, HttpHeaders.of(java.util.Map.of(), (name, value) -> true), (current, total) -> {});
            known.put(url, write(got));
            return got;
        } catch (IOException failed) {
            throw new WorkerFault(Kind.UNAVAILABLE, "cannot get " + url + ": " + why(failed), failed);
        }
    }

    /**
     * What the URL has now. Not sent again when the server says that it is what was got before.
     *
     * @throws WorkerFault NOT_FOUND, PERMISSION_DENIED, UNAVAILABLE, naming the URL
     */
    public Download fetch(WebRequest request, Listener listener) throws InterruptedException {
        String url = request.url();
        Optional<Download> before = remembered(url);
        WebCalls calls = new WebCalls(client(), policy, patience);
        try {
            HttpResponse<InputStream> response =
                    calls.send(request, before.map(Downloads::unlessSame).orElse(List.of()));
            try (InputStream body = response.body()) {
                if (response.statusCode() == 304 && before.isPresent()) {
                    return before.get();
                }
                if (response.statusCode() != 200) {
                    throw refused(url, response.statusCode());
                }
                try (ResumingBody whole = new ResumingBody(calls, request, response.headers(), body)) {
                    Download got = keep(whole, response.headers(), listener);
                    known.put(url, write(got));
                    return got;
                }
            }
        } catch (IOException failed) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted");
            }
            throw new WorkerFault(Kind.UNAVAILABLE, "cannot get " + url + ": " + why(failed), failed);
        }
    }

    private static List<WebRequest.Header> unlessSame(Download before) {
        if (!before.entityTag().isEmpty()) {
            return List.of(new WebRequest.Header("If-None-Match", before.entityTag()));
        }
        return before.modified().isEmpty()
                ? List.of()
                : List.of(new WebRequest.Header("If-Modified-Since", before.modified()));
    }

    private static String why(IOException failed) {
        String message = failed.getMessage();
        return message == null ? "it cannot be reached" : message;
    }

    private static WorkerFault refused(String url, int status) {
        Kind kind = switch (status) {
            case 404, 410 -> Kind.NOT_FOUND;
            case 401 -> Kind.UNAUTHENTICATED;
            case 403 -> Kind.PERMISSION_DENIED;
            default -> status >= 500 ? Kind.UNAVAILABLE : Kind.FAILED_PRECONDITION;
        };
        return new WorkerFault(kind, "cannot get " + url + ": the server answers " + status);
    }

    private Download keep(InputStream body, HttpHeaders headers, Listener listener) throws IOException {
        long total = headers.firstValueAsLong("Content-Length").orElse(0);
        try (ContentStore.Writer writer = content.begin()) {
            OutputStream out = writer.stream();
            byte[] buffer = new byte[64 * 1024];
            long current = 0;
            for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                out.write(buffer, 0, n);
                current += n;
                listener.progress(current, total);
            }
            return new Download(
                    writer.commit(TYPE).digest(),
                    headers.firstValue("ETag").orElse(""),
                    headers.firstValue("Last-Modified").orElse(""),
                    headers.firstValue("Content-Disposition").orElse(""));
        }
    }

    private Optional<Download> remembered(String url) {
        return known.get(url)
                .flatMap(Downloads::read)
                .filter(download -> content.size(download.digest()).isPresent());
    }

    private static byte[] write(Download download) {
        JsonObject json = new JsonObject();
        json.addProperty("digest", download.digest().toString());
        json.addProperty("etag", download.entityTag());
        json.addProperty("modified", download.modified());
        json.addProperty("disposition", download.disposition());
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Optional<Download> read(byte[] value) {
        try {
            JsonObject json = JsonParser.parseString(new String(value, StandardCharsets.UTF_8))
                    .getAsJsonObject();
            return Optional.of(new Download(
                    Digest.parse(json.get("digest").getAsString()),
                    json.get("etag").getAsString(),
                    json.get("modified").getAsString(),
                    json.get("disposition").getAsString()));
        } catch (JsonParseException | IllegalStateException | NullPointerException | Fault damaged) {
            return Optional.empty();
        }
    }

    private HttpClient client() {
        lock.lock();
        try {
            HttpClient made = client;
            if (made == null) {
                made = HttpClient.newBuilder()
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(Duration.ofSeconds(20))
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .build();
                client = made;
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (client != null) {
                client.shutdownNow();
                client = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
