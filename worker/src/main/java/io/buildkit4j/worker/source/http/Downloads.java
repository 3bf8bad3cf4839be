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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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

    private @Nullable HttpClient client;

    /** Contents go to the one, what is known about URLs to the other. */
    public Downloads(ContentStore content, MetadataTable known) {
        this.content = content;
        this.known = known;
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

    /**
     * What the URL has now. Not sent again when the server says that it is what was got before.
     *
     * @throws WorkerFault NOT_FOUND, PERMISSION_DENIED, UNAVAILABLE, naming the URL
     */
    public Download fetch(String url, Listener listener) throws InterruptedException {
        Optional<Download> before = remembered(url);
        HttpRequest.Builder request = request(url);
        before.filter(download -> !download.entityTag().isEmpty())
                .ifPresent(download -> request.header("If-None-Match", download.entityTag()));
        before.filter(download ->
                        download.entityTag().isEmpty() && !download.modified().isEmpty())
                .ifPresent(download -> request.header("If-Modified-Since", download.modified()));
        try {
            HttpResponse<InputStream> response =
                    client().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() == 304 && before.isPresent()) {
                    return before.get();
                }
                if (response.statusCode() != 200) {
                    throw refused(url, response.statusCode());
                }
                Download got = keep(body, response.headers(), listener);
                known.put(url, write(got));
                return got;
            }
        } catch (IOException failed) {
            throw new WorkerFault(Kind.UNAVAILABLE, "cannot get " + url + ": " + why(failed), failed);
        }
    }

    private static String why(IOException failed) {
        String message = failed.getMessage();
        return message == null ? "it cannot be reached" : message;
    }

    private static HttpRequest.Builder request(String url) {
        try {
            return HttpRequest.newBuilder(URI.create(url)).header("User-Agent", "buildkit4j");
        } catch (IllegalArgumentException bad) {
            throw new WorkerFault(Kind.INVALID_ARGUMENT, "not a URL: " + url, bad);
        }
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
                        .followRedirects(HttpClient.Redirect.NORMAL)
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
