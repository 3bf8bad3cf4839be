package io.buildkit4j.client.credential;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.image.CredentialSource;
import io.buildkit4j.image.Registries;
import io.buildkit4j.image.RegistryHost;
import io.buildkit4j.image.RegistryToken;
import io.buildkit4j.wire.Session.Credentials;
import io.buildkit4j.wire.Session.TokenRequest;
import io.buildkit4j.wire.SessionOffer;
import io.buildkit4j.wire.WireFault;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Gets registries' tokens with the user's logins. Nothing of the HTTP client is loaded before the first question. */
final class DockerTokens implements SessionOffer.Tokens {
    private final DockerLogins logins;
    private final TokenAuthority authority;
    private final Map<String, RegistryHost> hosts;

    DockerTokens(DockerLogins logins, TokenAuthority authority, Map<String, RegistryHost> hosts) {
        this.logins = logins;
        this.authority = authority;
        this.hosts = Map.copyOf(hosts);
    }

    @Override
    public SessionOffer.Token fetch(TokenRequest request) throws InterruptedException {
        Optional<CredentialSource.Credentials> known = logins.credentials(request.host())
                .filter(login -> !login.secret().isEmpty())
                .map(login -> new CredentialSource.Credentials(login.user(), login.secret()));
        try (Registries registries = new Registries(hosts)) {
            RegistryToken token = registries.token(
                    new CredentialSource.TokenQuestion(
                            request.host(), request.realm(), request.service(), String.join(" ", request.scopes())),
                    known);
            return new SessionOffer.Token(
                    token.text(),
                    token.lasts().toSeconds(),
                    token.issued().map(Instant::getEpochSecond).orElse(0L));
        } catch (WireFault own) {
            throw own;
        } catch (Fault refused) {
            throw new WireFault(refused.kind(), "failed to fetch a token: " + refused.getMessage(), refused);
        }
    }

    private boolean knows(String host) throws InterruptedException {
        return logins.credentials(host)
                .map(Credentials::secret)
                .filter(secret -> !secret.isEmpty())
                .isPresent();
    }

    @Override
    public byte[] authority(String host, byte[] salt) throws InterruptedException {
        return authority.publicKey(host, salt, knows(host));
    }

    @Override
    public byte[] signed(String host, byte[] salt, byte[] payload) throws InterruptedException {
        return authority.signed(host, salt, knows(host), payload);
    }
}
