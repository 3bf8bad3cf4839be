package io.buildkit4j.image;

import io.buildkit4j.footing.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Requests to one repository: authorised when the registry demands it, repeated when it is worth it, redirected without
 * showing credentials to another host.
 */
final class RegistryCalls {
    private static final int ATTEMPTS = 5;
    private static final int MIRROR_ATTEMPTS = 2;
    private static final int REDIRECTS = 10;
    private static final Duration PAUSE_LIMIT = Duration.ofSeconds(20);

    private final Registries registries;
    private final Reference reference;
    private volatile RegistryHost host;
    private final RegistryTokens tokens;

    private final String mirrored;

    /**
     * Where requests go, and how.
     *
     * @param mirrored the domain that this is a mirror of, as some mirrors want to be told; empty when it is none
     */
    record Place(Reference reference, RegistryHost host, String mirrored) {}

    RegistryCalls(Registries registries, Place place, CredentialSource credentials, String actions) {
        this.registries = registries;
        this.reference = place.reference;
        this.host = place.host;
        this.mirrored = place.mirrored;
        this.tokens = new RegistryTokens(
                reference, credentials, "repository:" + reference.path() + ":" + actions, request -> {
                    boolean shown =
                            request.headers().firstValue("Authorization").isPresent()
                                    || request.method().equals("POST");
                    if (shown
                            && !this.host.plainHttp()
                            && !request.uri().getScheme().equals("https")) {
                        throw new ImageFault(
                                Kind.FAILED_PRECONDITION,
                                "registry " + reference.host() + " wants credentials to be sent to " + request.uri()
                                        + " without encryption: that is not done");
                    }
                    return once(request);
                });
    }

    /** What is asked for; the body is made anew for each attempt. */
    interface Request {
        HttpRequest.Builder build() throws InterruptedException;
    }

    Reference reference() {
        return reference;
    }

    /** Before the first repetition of something. */
    Duration pause() {
        return registries.patience().pause();
    }

    /** A path below the repository, such as {@code manifests/latest}. */
    URI uri(String below) {
        return URI.create((host.plainHttp() ? "http://" : "https://") + reference.host() + "/v2/" + reference.path()
                + "/" + below + (mirrored.isEmpty() ? "" : "?ns=" + mirrored));
    }

    /** A mirror is not waited for as long as the registry itself: that is still to be asked. */
    private int attempts() {
        return mirrored.isEmpty() ? ATTEMPTS : MIRROR_ATTEMPTS;
    }

    /**
     * Sends and answers whatever final answer there is, error or not; the body is to be closed.
     *
     * @throws ImageFault UNAVAILABLE when there is no answer
     */
    HttpResponse<InputStream> send(Request request) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                HttpResponse<InputStream> response = authorized(request);
                boolean again = response.statusCode() >= 500 && response.statusCode() != 501;
                if (attempt == attempts() || !(again || response.statusCode() == 429)) {
                    return response;
                }
                response.body().close();
                pause(attempt, response);
            } catch (IOException failed) {
                if (attempt == attempts() || hopeless(failed)) {
                    throw unreachable(failed);
                }
                if (failed instanceof SSLException) {
                    host = host.plain();
                }
                pause(attempt, null);
            }
        }
    }

    /** A name that does not resolve and a port where nobody listens are answers; anything else may pass. */
    private boolean hopeless(IOException failed) {
        return failed instanceof ConnectException
                || failed instanceof HttpConnectTimeoutException
                || (failed instanceof SSLException && !host.insecure());
    }

    private void pause(int attempt, @Nullable HttpResponse<?> response) throws InterruptedException {
        Duration pause = registries.patience().pause().multipliedBy(1L << (attempt - 1));
        if (response != null) {
            Optional<String> wanted =
                    response.headers().firstValue("Retry-After").filter(s -> s.matches("[0-9]{1,4}"));
            pause = wanted.map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                    .orElse(pause);
        }
        Thread.sleep(pause.compareTo(PAUSE_LIMIT) > 0 ? PAUSE_LIMIT : pause);
    }

    private HttpResponse<InputStream> authorized(Request request) throws IOException, InterruptedException {
        Optional<String> shown = tokens.authorization();
        HttpResponse<InputStream> response = redirected(request, shown);
        // who was redirected to does not get to ask for the credentials of who redirected
        boolean own = sameHost(response.request().uri());
        if (response.statusCode() == 401 && own && tokens.challenged(response.headers(), shown)) {
            response.body().close();
            return redirected(request, tokens.authorization());
        }
        return response;
    }

    private HttpResponse<InputStream> redirected(Request request, Optional<String> authorization)
            throws IOException, InterruptedException {
        Optional<URI> target = Optional.empty();
        for (int hop = 0; ; hop++) {
            HttpRequest.Builder builder = request.build();
            target.ifPresent(builder::uri);
            URI uri = builder.build().uri();
            if (sameHost(uri)) {
                authorization.ifPresent(value -> builder.setHeader("Authorization", value));
            }
            HttpRequest built = builder.build();
            HttpResponse<InputStream> response = once(built);
            Optional<String> location = response.headers().firstValue("Location");
            boolean reading = built.method().equals("GET") || built.method().equals("HEAD");
            boolean moved =
                    response.statusCode() >= 301 && response.statusCode() <= 308 && response.statusCode() != 304;
            if (!moved || !reading || location.isEmpty()) {
                return response;
            }
            response.body().close();
            if (hop == REDIRECTS) {
                throw new ImageFault(
                        Kind.UNAVAILABLE,
                        "registry " + reference.host() + " redirects in circles, at last to " + location.get());
            }
            target = Optional.of(next(uri, location.get()));
        }
    }

    private URI next(URI from, String location) throws IOException {
        URI to = resolve(from, location);
        if (from.getScheme().equals("https") && !"https".equals(to.getScheme())) {
            throw new IOException("it redirects from https to " + to.getScheme());
        }
        if (to.getHost() == null || !List.of("https", "http").contains(to.getScheme())) {
            throw new IOException("it redirects to a place that is none: " + location);
        }
        return to;
    }

    /** Resolves what a registry answers as a place, relative or not. */
    static URI resolve(URI from, String location) throws IOException {
        try {
            return from.resolve(location);
        } catch (IllegalArgumentException bad) {
            throw new IOException("it names a place that is none: " + location, bad);
        }
    }

    private boolean sameHost(URI uri) {
        return uri.getAuthority().equals(reference.host())
                && uri.getScheme().equals(host.plainHttp() ? "http" : "https");
    }

    /** As long as bytes of the request are taken or asked for, there is no limit to how long it takes. */
    private HttpResponse<InputStream> once(HttpRequest request) throws IOException, InterruptedException {
        Patience patience = registries.patience();
        HttpClient client = registries.clients().client(host);
        Sending sending = new Sending(request);
        CompletableFuture<HttpResponse<InputStream>> answer =
                client.sendAsync(sending.watched(), info -> new ResponseBody(patience.answer()));
        try {
            while (true) {
                long before = sending.progress();
                Duration limit = sending.complete() ? patience.commit() : patience.answer();
                try {
                    return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException late) {
                    if (sending.progress() == before) {
                        throw new HttpTimeoutException("it does not answer for " + limit.toSeconds() + " s");
                    }
                }
            }
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException(String.valueOf(failed.getCause()), failed.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    private ImageFault unreachable(IOException failed) {
        String why = switch (failed) {
            case ConnectException refused
            when refused.getCause() instanceof UnresolvedAddressException
                    || (refused.getCause() instanceof ConnectException deeper
                            && deeper.getCause() instanceof UnresolvedAddressException) -> "no such host";
            case HttpConnectTimeoutException late -> "it does not answer";
            case ConnectException refused -> "connection refused";
            case SSLException tls ->
                tls.getMessage() + " (a registry of plain http or with a certificate of its own must be configured"
                        + " so)";
            default -> String.valueOf(failed.getMessage());
        };
        return new ImageFault(Kind.UNAVAILABLE, "registry " + reference.host() + " cannot be reached: " + why, failed);
    }
}
