package io.buildkit4j.exporter;

import io.buildkit4j.image.CredentialSource;
import io.buildkit4j.wire.Session;
import java.util.List;
import java.util.Optional;

/** What the client of a build tells a registry, or has told it. */
record SessionLogin(Optional<Session> session) implements CredentialSource {
    @Override
    public Optional<Credentials> credentials(String host) throws InterruptedException {
        Optional<Session.Credentials> known =
                session.isEmpty() ? Optional.empty() : session.get().credentials(host);
        return known.map(pair -> new Credentials(pair.user(), pair.secret()));
    }

    @Override
    public Optional<String> token(TokenQuestion asked) throws InterruptedException {
        return session.isEmpty()
                ? Optional.empty()
                : session.get()
                        .token(new Session.TokenRequest(
                                asked.host(), asked.realm(), asked.service(), List.of(asked.scope())));
    }
}
