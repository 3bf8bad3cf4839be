package io.buildkit4j.worker;

import io.buildkit4j.image.CredentialSource;
import io.buildkit4j.wire.Session;
import java.util.List;
import java.util.Optional;

/** What clients tell registries, or have told them: the clients are asked in turn, only when a registry demands it. */
public final class SessionLogins implements CredentialSource {
    private final Clients clients;

    /** Who is there now. */
    @FunctionalInterface
    public interface Clients {
        /** In the order in which they are to be asked. */
        List<Session> connected() throws InterruptedException;
    }

    /** Those of whoever is there when a registry asks. */
    public SessionLogins(Clients clients) {
        this.clients = clients;
    }

    @Override
    public Optional<Credentials> credentials(String host) throws InterruptedException {
        for (Session session : clients.connected()) {
            Optional<Session.Credentials> known = session.credentials(host);
            if (known.isPresent()) {
                return known.map(found -> new Credentials(found.user(), found.secret()));
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> token(TokenQuestion question) throws InterruptedException {
        Session.TokenRequest request = new Session.TokenRequest(
                question.host(), question.realm(), question.service(), List.of(question.scope()));
        for (Session session : clients.connected()) {
            Optional<String> token = session.token(request);
            if (token.isPresent()) {
                return token;
            }
        }
        return Optional.empty();
    }
}
