package io.buildkit4j.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.Session.Credentials;
import io.buildkit4j.wire.Session.TokenRequest;
import io.buildkit4j.wire.proto.control.BytesMessage;
import io.buildkit4j.wire.proto.control.ControlGrpc;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class OfferedLoginsTest {
    private static final TokenRequest REQUEST =
            new TokenRequest("registry", "https://realm", "service", List.of("repository:a:pull"));

    @TempDir
    Path directory;

    private interface Use {
        void of(Session session) throws InterruptedException;
    }

    private void connected(SessionOffer.Logins logins, Use use) throws InterruptedException {
        Address address = new Address.Unix(directory.resolve("daemon.sock"));
        SessionOffer offer = new SessionOffer(
                "test",
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.of(logins),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        try (ConnectedSessions sessions = new ConnectedSessions();
                Listener listener = Listener.open(address, List.of(new ControlGrpc.ControlImplBase() {
                    @Override
                    public StreamObserver<BytesMessage> session(StreamObserver<BytesMessage> responses) {
                        return sessions.serve(responses);
                    }
                }));
                Connection connection = Connection.open(listener.address());
                ServedSession served = ServedSession.open(connection, offer)) {
            use.of(sessions.find(served.id(), Duration.ofSeconds(10)).orElseThrow());
        }
    }

    private record Known(Optional<SessionOffer.Tokens> tokens) implements SessionOffer.Logins {
        @Override
        public Optional<Credentials> credentials(String host) {
            return Optional.of(new Credentials("me", "secret"));
        }
    }

    private record Giving(boolean willing) implements SessionOffer.Tokens {
        @Override
        public SessionOffer.Token fetch(TokenRequest request) {
            if (!willing) {
                throw new WireFault(Kind.UNAUTHENTICATED, "failed to fetch a token");
            }
            return new SessionOffer.Token("for " + request.scopes(), 60, 0);
        }

        @Override
        public byte[] authority(String host, byte[] salt) {
            return new byte[32];
        }

        @Override
        public byte[] signed(String host, byte[] salt, byte[] payload) {
            return payload;
        }
    }

    @Test
    void aTokenComesFromWhoGetsTokens() throws InterruptedException {
        connected(
                new Known(Optional.of(new Giving(true))),
                session -> assertThat(session.token(REQUEST)).contains("for [repository:a:pull]"));
    }

    @Test
    void whoGetsNoneIsAskedForTheLogin() throws InterruptedException {
        connected(new Known(Optional.of(new Giving(false))), session -> {
            assertThat(session.token(REQUEST)).isEmpty();
            assertThat(session.credentials("registry")).contains(new Credentials("me", "secret"));
        });
    }

    @Test
    void whoOffersNoneIsNotAskedForOne() throws InterruptedException {
        connected(new Known(Optional.empty()), session -> {
            assertThat(session.offers("/moby.filesync.v1.Auth/FetchToken")).isFalse();
            assertThat(session.token(REQUEST)).isEmpty();
        });
    }
}
