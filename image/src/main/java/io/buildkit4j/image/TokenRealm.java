package io.buildkit4j.image;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.CredentialSource.Credentials;
import io.buildkit4j.image.CredentialSource.TokenQuestion;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A place where tokens are given: what it is asked, and how it answers (the distribution project's specification). */
record TokenRealm(URI address, TokenQuestion question) {
    private static final int ANSWER_LIMIT = 1 << 20;

    /** What the specification says of tokens that do not say how long they last. */
    private static final Duration USUAL = Duration.ofSeconds(60);

    /** Sends one request as it is. */
    @FunctionalInterface
    interface Sender {
        HttpResponse<InputStream> send(HttpRequest request) throws IOException, InterruptedException;
    }

    /** The one that a registry names. */
    static TokenRealm of(TokenQuestion question) {
        try {
            URI realm = URI.create(question.realm());
            if ("https".equals(realm.getScheme()) || "http".equals(realm.getScheme())) {
                return new TokenRealm(realm, question);
            }
        } catch (IllegalArgumentException malformed) {
            throw bad(question, malformed);
        }
        throw bad(question, new IllegalArgumentException(question.realm()));
    }

    private static ImageFault bad(TokenQuestion question, IllegalArgumentException why) {
        return new ImageFault(
                Kind.UNAVAILABLE,
                "registry " + question.host() + " asks for a token but names no place to get it: \"" + question.realm()
                        + "\"",
                why);
    }

    /** Asks for a token. */
    RegistryToken ask(Optional<Credentials> known, Sender sender) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = sender.send(request(known));
        try (InputStream body = response.body()) {
            byte[] answer = body.readNBytes(ANSWER_LIMIT);
            if (response.statusCode() / 100 == 5 || response.statusCode() == 429) {
                throw new IOException("its token service answers " + response.statusCode());
            }
            return response.statusCode() == 200 ? token(answer) : refuse(response.statusCode(), known.isPresent());
        }
    }

    private HttpRequest request(Optional<Credentials> known) {
        Map<String, String> form = new LinkedHashMap<>();
        if (!question.service().isEmpty()) {
            form.put("service", question.service());
        }
        form.put("scope", question.scope());
        if (known.isPresent() && known.get().user().isEmpty()) {
            form.put("grant_type", "refresh_token");
            form.put("client_id", "buildkit4j");
            form.put("refresh_token", known.get().secret());
            return HttpRequest.newBuilder(address)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(encode(form)))
                    .build();
        }
        known.ifPresent(who -> form.put("account", who.user()));
        String separator = address.getRawQuery() == null ? "?" : "&";
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + separator + encode(form)));
        known.ifPresent(who -> request.header("Authorization", basic(who)));
        return request.build();
    }

    static String basic(Credentials known) {
        byte[] pair = (known.user() + ":" + known.secret()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    private RegistryToken token(byte[] answer) {
        JsonObject json = Json.parse(answer, "the token of registry " + question.host());
        String text = usable(
                question.host(), Json.optionalText(json, "token").orElseGet(() -> Json.text(json, "access_token")));
        JsonElement lasts = json.get("expires_in");
        boolean number = lasts != null
                && lasts.isJsonPrimitive()
                && lasts.getAsJsonPrimitive().isNumber();
        return new RegistryToken(text, number ? Duration.ofSeconds(lasts.getAsLong()) : USUAL, issued(json));
    }

    private static Optional<Instant> issued(JsonObject json) {
        try {
            return Json.optionalText(json, "issued_at").map(Instant::parse);
        } catch (DateTimeException garbled) {
            return Optional.empty();
        }
    }

    static String usable(String host, String token) {
        if (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new ImageFault(Kind.UNAVAILABLE, "registry " + host + " gives no usable token");
        }
        return token;
    }

    private RegistryToken refuse(int status, boolean known) {
        throw new ImageFault(
                status == 403 ? Kind.PERMISSION_DENIED : Kind.UNAUTHENTICATED,
                "registry " + question.host() + " gives no token for " + about() + " (" + status + "): "
                        + (known ? "the credentials are refused" : "log in to it first"));
    }

    private String about() {
        String path = question.scope().replaceFirst("^repository:", "").replaceFirst(":[^:]*$", "");
        return question.host() + "/" + path;
    }

    private static String encode(Map<String, String> form) {
        StringBuilder text = new StringBuilder();
        form.forEach((name, value) -> text.append(text.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return text.toString();
    }
}
