package io.buildkit4j.client.door;

import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.SolveRequest.Agent;
import io.buildkit4j.client.SolveRequest.Permits;
import io.buildkit4j.client.SolveRequest.Secret;
import io.buildkit4j.client.key.KeyAgent;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.SessionOffer;
import io.buildkit4j.wire.WireFault;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Optional;

/** Secrets and agents as a session offers them. */
final class Granted {
    /** As much as any daemon takes. */
    private static final long LARGEST = 500 << 10;

    private Granted() {}

    /** Looks whether all is there before anything is built. */
    static void check(Permits permits) {
        for (Secret secret : permits.secrets()) {
            switch (secret) {
                case Secret.InFile(String id, var file) -> {
                    if (!Files.isReadable(file) || file.toFile().length() > LARGEST) {
                        throw new ClientFault(
                                Kind.NOT_FOUND,
                                "secret " + id + ": " + file + " is no readable file of at most 500 KiB");
                    }
                }
                case Secret.InVariable(String id, String variable) -> {
                    if (System.getenv(variable) == null) {
                        throw new ClientFault(
                                Kind.NOT_FOUND, "secret " + id + ": variable " + variable + " is not set");
                    }
                }
            }
        }
        for (Agent agent : permits.agents()) {
            switch (agent) {
                case Agent.AtSocket(String id, var socket) -> {
                    if (!Files.exists(socket)) {
                        throw new ClientFault(Kind.NOT_FOUND, "ssh agent " + id + ": no socket at " + socket);
                    }
                }
                case Agent.OfKeys keys -> KeyAgent.of(keys.files()).close();
            }
        }
    }

    static Optional<SessionOffer.Secrets> secrets(Permits permits) {
        return permits.secrets().isEmpty()
                ? Optional.empty()
                : Optional.of(id -> {
                    Optional<Secret> known = permits.secrets().stream()
                            .filter(secret -> secret.id().equals(id))
                            .findFirst();
                    return known.isEmpty() ? Optional.empty() : Optional.of(value(known.get()));
                });
    }

    private static byte[] value(Secret secret) {
        return switch (secret) {
            case Secret.InFile(String id, var file) -> {
                try {
                    yield Files.readAllBytes(file);
                } catch (IOException failed) {
                    throw new WireFault(
                            Kind.UNKNOWN,
                            "secret " + id + ": cannot read " + file + ": " + failed.getMessage(),
                            failed);
                }
            }
            case Secret.InVariable(String id, String variable) ->
                Optional.ofNullable(System.getenv(variable)).orElse("").getBytes(StandardCharsets.UTF_8);
        };
    }

    static Optional<SessionOffer.Agents> agents(Permits permits) {
        return permits.agents().isEmpty() ? Optional.empty() : Optional.of(id -> open(permits, id));
    }

    private static ByteChannel open(Permits permits, String id) {
        Agent agent = permits.agents().stream()
                .filter(known -> known.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new WireFault(Kind.NOT_FOUND, "unset ssh forward key " + id));
        return switch (agent) {
            case Agent.AtSocket at -> connected(at);
            case Agent.OfKeys keys -> KeyAgent.of(keys.files());
        };
    }

    private static ByteChannel connected(Agent.AtSocket agent) {
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(agent.socket()));
        } catch (IOException refused) {
            throw new WireFault(
                    Kind.UNAVAILABLE,
                    "the ssh agent at " + agent.socket() + " does not answer: " + refused.getMessage());
        }
    }
}
