package io.buildkit4j.worker.source.http;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.ResponseBody;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Sends one request and follows where it is redirected to. Nobody but the URL's own host sees credentials. */
final class WebCalls {
    private static final int REDIRECTS = 10;
    private static final int ATTEMPTS = 4;

    private final HttpClient client;
    private final PrivateAddresses policy;
    private final Duration patience;

    /**
     * Calls through this client.
     *
     * @param patience until the head of an answer comes, and between two pieces of a body
     */
    WebCalls(HttpClient client, PrivateAddresses policy, Duration patience) {
        this.client = client;
        this.policy = policy;
        this.patience = patience;
    }

    /** Called again when it fails in a way that may pass; answers whatever final answer there is. */
    HttpResponse<InputStream> send(WebRequest request, List<WebRequest.Header> conditions)
            throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                HttpResponse<InputStream> response = redirected(request, conditions);
                boolean passing = response.statusCode() == 429
                        || response.statusCode() == 502
                        || response.statusCode() == 503
                        || response.statusCode() == 504;
                if (!passing || attempt == ATTEMPTS) {
                    return response;
                }
                response.body().close();
            } catch (java.net.ConnectException refused) {
                throw refused;
            } catch (IOException broken) {
                if (attempt == ATTEMPTS) {
                    throw broken;
                }
            }
            pause(attempt);
        }
    }

    static void pause(int attempt) throws InterruptedException {
        Thread.sleep(100L << (2 * (attempt - 1)));
    }

    private HttpResponse<InputStream> redirected(WebRequest request, List<WebRequest.Header> conditions)
            throws IOException, InterruptedException {
        URI first = place(request.url());
        URI at = first;
        for (int hop = 0; hop <= REDIRECTS; hop++) {
            HttpResponse<InputStream> response =
                    once(at, sameHost(first, at) ? Optional.of(request) : Optional.empty(), conditions);
            Optional<String> location = response.headers().firstValue("Location");
            boolean moved = List.of(301, 302, 303, 307, 308).contains(response.statusCode());
            if (!moved || location.isEmpty()) {
                return response;
            }
            response.body().close();
            at = next(request, at, location.get());
        }
        throw refused(request, "it redirects in circles, at last to " + at);
    }

    private static boolean sameHost(URI one, URI other) {
        return one.getScheme().equalsIgnoreCase(other.getScheme())
                && one.getAuthority().equalsIgnoreCase(other.getAuthority());
    }

    private HttpResponse<InputStream> once(URI at, Optional<WebRequest> own, List<WebRequest.Header> conditions)
            throws IOException, InterruptedException {
        policy.check(at.getHost(), at.toString());
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(at).header("User-Agent", "buildkit4j").timeout(patience);
        try {
            conditions.forEach(header -> builder.setHeader(header.name(), header.value()));
            own.ifPresent(request -> {
                request.headers().forEach(header -> builder.setHeader(header.name(), header.value()));
                request.authorization().ifPresent(value -> builder.setHeader("Authorization", value));
            });
        } catch (IllegalArgumentException bad) {
            throw new WorkerFault(
                    Kind.INVALID_ARGUMENT, "cannot get " + at + ": a header cannot be sent: " + bad.getMessage(), bad);
        }
        return client.send(builder.build(), info -> new ResponseBody(patience));
    }

    private static URI next(WebRequest request, URI from, String location) {
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException bad) {
            throw refused(request, "it redirects to a place that is none: " + location);
        }
        boolean web = "https".equalsIgnoreCase(to.getScheme()) || "http".equalsIgnoreCase(to.getScheme());
        if (!web || to.getHost() == null) {
            throw refused(request, "it redirects to a place that is none: " + location);
        }
        if (from.getScheme().equalsIgnoreCase("https") && to.getScheme().equalsIgnoreCase("http")) {
            throw refused(request, "it redirects from https to " + to + ", which is not encrypted");
        }
        return to;
    }

    private static WorkerFault refused(WebRequest request, String why) {
        return new WorkerFault(Kind.UNAVAILABLE, "cannot get " + request.url() + ": " + why);
    }

    private static URI place(String url) {
        try {
            URI uri = URI.create(url);
            boolean web = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
            if (web && uri.getHost() != null && uri.getUserInfo() == null) {
                return uri;
            }
            throw new WorkerFault(
                    Kind.INVALID_ARGUMENT,
                    uri.getUserInfo() == null
                            ? "not a URL of the web: " + url
                            : "a URL must not hold a password: give it as secret HTTP_AUTH_HEADER_" + uri.getHost());
        } catch (IllegalArgumentException bad) {
            throw new WorkerFault(Kind.INVALID_ARGUMENT, "not a URL: " + url, bad);
        }
    }
}
