package io.buildkit4j.image;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.CredentialSource.TokenQuestion;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All registries of the world, by the OCI distribution specification. Connections are shared by everything that is opened
 * here. Nothing of the JDK's HTTP client is loaded before the first request. Safe for any thread.
 */
public final class Registries implements AutoCloseable {
    private final Map<String, RegistryHost> hosts;
    private final Patience patience;
    private final RegistryClients clients;

    /** With special ways for some hosts, by name and, where it is part of the name, port. */
    public Registries(Map<String, RegistryHost> hosts) {
        this(hosts, Patience.USUAL);
    }

    Registries(Map<String, RegistryHost> hosts, Patience patience) {
        this.hosts = Map.copyOf(hosts);
        this.patience = patience;
        this.clients = new RegistryClients(patience.connect());
    }

    Patience patience() {
        return patience;
    }

    RegistryClients clients() {
        return clients;
    }

    /** The repository that the reference names, to pull from: its mirrors first. Nothing is sent yet. */
    public Repository open(Reference reference, CredentialSource credentials) {
        List<RegistryCalls> places = new ArrayList<>();
        RegistryHost own = host(reference.host());
        for (String mirror : own.mirrors()) {
            Reference there = mirrored(reference, mirror);
            places.add(new RegistryCalls(
                    this, new RegistryCalls.Place(there, host(there.host()), reference.domain()), credentials, "pull"));
        }
        places.add(new RegistryCalls(this, new RegistryCalls.Place(reference, own, ""), credentials, "pull"));
        return new Repository(reference, places);
    }

    private static Reference mirrored(Reference reference, String mirror) {
        String place = mirror.replaceFirst("^https?://", "").replaceAll("/+$", "");
        int slash = place.indexOf('/');
        String domain = slash < 0 ? place : place.substring(0, slash);
        String path = slash < 0 ? reference.path() : place.substring(slash + 1) + "/" + reference.path();
        return new Reference(domain, path, reference.tag(), reference.digest());
    }

    /**
     * The repository that the reference names, to push to.
     *
     * @param insecure an unverified certificate or, where there is no https, plain http will do, whatever is configured
     */
    public Repository openForPush(Reference reference, CredentialSource credentials, boolean insecure) {
        RegistryHost configured = host(reference.host());
        RegistryHost host = insecure ? configured.unverified() : configured;
        return new Repository(
                reference,
                List.of(new RegistryCalls(
                        this, new RegistryCalls.Place(reference, host, ""), credentials, "pull,push")));
    }

    /**
     * A token of the realm that a registry names, for whoever shows it to the registry.
     *
     * @param known who asks; nobody for what everybody may have
     * @throws ImageFault UNAUTHENTICATED or PERMISSION_DENIED when there is none for them, UNAVAILABLE when the realm does not
     *     answer, FAILED_PRECONDITION rather than sending a secret without encryption to a registry that wants some
     */
    public RegistryToken token(TokenQuestion question, Optional<CredentialSource.Credentials> known)
            throws InterruptedException {
        RegistryHost host = host(question.host());
        TokenRealm realm = TokenRealm.of(question);
        if (known.isPresent()
                && !host.plainHttp()
                && !"https".equals(realm.address().getScheme())) {
            throw new ImageFault(
                    Kind.FAILED_PRECONDITION,
                    "registry " + question.host() + " wants credentials to be sent to " + question.realm()
                            + " without encryption: that is not done");
        }
        try {
            return realm.ask(
                    known,
                    request -> clients.client(host)
                            .send(
                                    HttpRequest.newBuilder(request, (name, value) -> true)
                                            .timeout(patience.answer())
                                            .build(),
                                    HttpResponse.BodyHandlers.ofInputStream()));
        } catch (IOException failed) {
            throw new ImageFault(
                    Kind.UNAVAILABLE,
                    "registry " + question.host() + ": no token from " + question.realm() + ": " + failed.getMessage(),
                    failed);
        }
    }

    RegistryHost host(String name) {
        return Optional.ofNullable(hosts.get(name))
                .or(() -> Optional.ofNullable(hosts.get(Reference.DOCKER_HUB))
                        .filter(hub -> name.equals("registry-1.docker.io")))
                .orElseGet(() -> RegistryHost.usual(name));
    }

    /** Ends all connections; requests that still run fail. */
    @Override
    public void close() {
        clients.close();
    }
}
