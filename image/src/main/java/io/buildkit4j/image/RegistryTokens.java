package io.buildkit4j.image;

import com.google.gson.JsonObject;
import io.buildkit4j.footing.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a repository's requests are authorised by, learned from the registry's own challenge: Basic, or Bearer with a token
 * from the realm that it names (the distribution project's token authentication and its OAuth 2 variant).
 */
final class RegistryTokens {
    private static final Pattern PARAMETER =
            Pattern.compile("([a-zA-Z_]+)=(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\",\\s]+))");
    private static final int ANSWER_LIMIT = 1 << 20;

    private final Reference reference;
    private final CredentialSource credentials;
    private final String scope;
    private final Sender sender;
    private volatile Optional<String> header = Optional.empty();

    /** Sends one request as it is. */
    interface Sender {
        HttpResponse<InputStream> send(HttpRequest request) throws IOException, InterruptedException;
    }

    RegistryTokens(Reference reference, CredentialSource credentials, String scope, Sender sender) {
        this.reference = reference;
        this.credentials = credentials;
        this.scope = scope;
        this.sender = sender;
    }

    Optional<String> authorization() {
        return header;
    }

    /** Whether there is now something to show that was not shown before. */
    boolean challenged(HttpHeaders headers, Optional<String> shown) throws IOException, InterruptedException {
        if (!header.equals(shown)) {
            return true; // another request was challenged meanwhile
        }
        Optional<String> answer = Optional.empty();
        for (String challenge : headers.allValues("WWW-Authenticate")) {
            String scheme = challenge.strip().split(" ", 2)[0].toLowerCase(Locale.ROOT);
            if (scheme.equals("bearer")) {
                answer = Optional.of("Bearer " + token(parameters(challenge)));
                break;
            } else if (scheme.equals("basic")) {
                answer = credentials.credentials(reference.host()).map(RegistryTokens::basic);
            }
        }
        boolean news = answer.isPresent() && !answer.equals(shown);
        header = answer;
        return news;
    }

    private static String basic(CredentialSource.Credentials known) {
        byte[] pair = (known.user() + ":" + known.secret()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    private static Map<String, String> parameters(String challenge) {
        Map<String, String> all = new LinkedHashMap<>();
        Matcher matcher = PARAMETER.matcher(challenge);
        while (matcher.find()) {
            String value = matcher.group(2) == null
                    ? matcher.group(3)
                    : matcher.group(2).replaceAll("\\\\(.)", "$1");
            all.put(matcher.group(1).toLowerCase(Locale.ROOT), value);
        }
        return all;
    }

    private String token(Map<String, String> challenge) throws IOException, InterruptedException {
        URI realm = realm(challenge.getOrDefault("realm", ""));
        Optional<String> given = credentials.token(new CredentialSource.TokenQuestion(
                reference.host(), realm.toString(), challenge.getOrDefault("service", ""), scope));
        if (given.isPresent()) {
            return usable(given.get());
        }
        Optional<CredentialSource.Credentials> known = credentials.credentials(reference.host());
        Map<String, String> form = new LinkedHashMap<>();
        if (challenge.containsKey("service")) {
            form.put("service", challenge.getOrDefault("service", ""));
        }
        form.put("scope", scope);
        HttpRequest.Builder request;
        if (known.isPresent() && known.get().user().isEmpty()) {
            form.put("grant_type", "refresh_token");
            form.put("client_id", "buildkit4j");
            form.put("refresh_token", known.get().secret());
            request = HttpRequest.newBuilder(realm)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(encode(form)));
        } else {
            known.ifPresent(who -> form.put("account", who.user()));
            String separator = realm.getRawQuery() == null ? "?" : "&";
            request = HttpRequest.newBuilder(URI.create(realm + separator + encode(form)));
            known.ifPresent(who -> request.header("Authorization", basic(who)));
        }
        HttpResponse<InputStream> response = sender.send(request.build());
        try (InputStream body = response.body()) {
            byte[] answer = body.readNBytes(ANSWER_LIMIT);
            if (response.statusCode() / 100 == 5 || response.statusCode() == 429) {
                throw new IOException("its token service answers " + response.statusCode());
            }
            return response.statusCode() == 200 ? token(answer) : refuse(response.statusCode(), known.isPresent());
        }
    }

    private URI realm(String text) {
        try {
            URI realm = URI.create(text);
            if ("https".equals(realm.getScheme()) || "http".equals(realm.getScheme())) {
                return realm;
            }
        } catch (IllegalArgumentException bad) {
            throw badRealm(text, bad);
        }
        throw badRealm(text, new IllegalArgumentException(text));
    }

    private ImageFault badRealm(String text, IllegalArgumentException why) {
        return new ImageFault(
                Kind.UNAVAILABLE,
                "registry " + reference.host() + " asks for a token but names no place to get it: \"" + text + "\"",
                why);
    }

    private String token(byte[] answer) {
        JsonObject json = Json.parse(answer, "the token of registry " + reference.host());
        return usable(Json.optionalText(json, "token").orElseGet(() -> Json.text(json, "access_token")));
    }

    private String usable(String token) {
        if (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new ImageFault(Kind.UNAVAILABLE, "registry " + reference.host() + " gives no usable token");
        }
        return token;
    }

    private String refuse(int status, boolean known) {
        throw new ImageFault(
                status == 403 ? Kind.PERMISSION_DENIED : Kind.UNAUTHENTICATED,
                "registry " + reference.host() + " gives no token for " + reference.name() + " ("
                        + status + "): "
                        + (known ? "the credentials are refused" : "log in to it first"));
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
