package io.buildkit4j.image;

import java.io.IOException;
import java.net.http.HttpHeaders;
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

    private final Reference reference;
    private final CredentialSource credentials;
    private final String scope;
    private final TokenRealm.Sender sender;
    private volatile Optional<String> header = Optional.empty();

    RegistryTokens(Reference reference, CredentialSource credentials, String scope, TokenRealm.Sender sender) {
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
                answer = credentials.credentials(reference.host()).map(TokenRealm::basic);
            }
        }
        boolean news = answer.isPresent() && !answer.equals(shown);
        header = answer;
        return news;
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
        TokenRealm realm = TokenRealm.of(new CredentialSource.TokenQuestion(
                reference.host(), challenge.getOrDefault("realm", ""), challenge.getOrDefault("service", ""), scope));
        Optional<String> given = credentials.token(realm.question());
        if (given.isPresent()) {
            return TokenRealm.usable(reference.host(), given.get());
        }
        return realm.ask(credentials.credentials(reference.host()), sender).text();
    }
}
