package io.buildkit4j.worker.source.http;

import java.util.List;
import java.util.Optional;

/**
 * A URL, and what its own host is told besides. Other hosts that it redirects to are not told.
 *
 * @param authorization value of the header of that name
 */
public record WebRequest(String url, Optional<String> authorization, List<Header> headers) {
    /** Headers are copied. */
    public WebRequest {
        headers = List.copyOf(headers);
    }

    /** Nothing but the URL. */
    public static WebRequest of(String url) {
        return new WebRequest(url, Optional.empty(), List.of());
    }

    /** One header of the request. */
    public record Header(String name, String value) {}

    /** Without the secret. */
    @Override
    public String toString() {
        return url;
    }
}
