package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.flags.Arguments;
import io.buildkit4j.buildd.EmbeddedDaemon;
import io.buildkit4j.client.Client;
import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.RemoteDaemon;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.TlsFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A connected client, and the daemon behind it when that one lives in this process. */
final class Reached implements AutoCloseable {
    /** Where daemons listen when nobody says otherwise: today's path, then that of 2017. */
    private static final List<Path> USUAL =
            List.of(Path.of("/run/buildkit/buildkitd.sock"), Path.of("/run/buildkit/buildd.sock"));

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Client client;
    private final Optional<EmbeddedDaemon> embedded;

    private Reached(Client client, Optional<EmbeddedDaemon> embedded) {
        this.client = client;
        this.embedded = embedded;
    }

    /** By {@code --addr}, {@code $BUILDKIT_HOST}, a usual socket that answers, or a daemon inside this process. */
    static Reached from(Arguments global, Surroundings surroundings) throws InterruptedException {
        Optional<String> named = global.text("addr")
                .or(() -> Optional.ofNullable(surroundings.environment().get("BUILDKIT_HOST")))
                .filter(address -> !address.isEmpty());
        if (named.isPresent()) {
            return new Reached(named(named.get(), global), Optional.empty());
        }
        Optional<Client> usual = USUAL.stream()
                .filter(Files::exists)
                .flatMap(socket -> answering(socket).stream())
                .findFirst();
        if (usual.isPresent()) {
            return new Reached(usual.get(), Optional.empty());
        }
        EmbeddedDaemon daemon = EmbeddedDaemon.start(Optional.empty(), global.on("debug"));
        try {
            return new Reached(RemoteDaemon.connect(daemon.address()), Optional.of(daemon));
        } catch (RuntimeException failed) {
            daemon.close();
            throw failed;
        }
    }

    /** With {@code --wait}, a daemon that is only starting is waited for. */
    private static Client named(String address, Arguments global) throws InterruptedException {
        Instant deadline = Instant.now()
                .plus(Spans.seconds("timeout", global.text("timeout").orElse("5")));
        while (true) {
            try {
                return answering(connect(address, global), global.on("wait"));
            } catch (ClientFault away) {
                boolean patient = global.on("wait") && away.kind() == Kind.UNAVAILABLE;
                if (!patient || Instant.now().isAfter(deadline)) {
                    throw away;
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    private static Client answering(Client client, boolean ask) throws InterruptedException {
        boolean answered = false;
        try {
            if (ask) {
                client.info();
            }
            answered = true;
            return client;
        } finally {
            if (!answered) {
                client.close();
            }
        }
    }

    private static Client connect(String address, Arguments global) {
        Optional<TlsFiles> certificates = Certificates.read(global);
        return certificates.isEmpty()
                ? RemoteDaemon.connect(address)
                : RemoteDaemon.connect(address, certificates.get());
    }

    /** A socket file without a daemon behind it is as good as none. */
    private static Optional<Client> answering(Path socket) {
        try {
            return Optional.of(RemoteDaemon.connect("unix://" + socket));
        } catch (ClientFault nobody) {
            return Optional.empty();
        }
    }

    Client client() {
        return client;
    }

    @Override
    public void close() {
        try {
            client.close();
        } finally {
            embedded.ifPresent(EmbeddedDaemon::close);
        }
    }
}
