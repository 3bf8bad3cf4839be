package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.Mounts;
import io.buildkit4j.llb.ExecMount;
import io.buildkit4j.llb.Op;
import io.buildkit4j.store.ContentQuery;
import io.buildkit4j.store.Ref;
import io.buildkit4j.wire.Session;
import io.buildkit4j.worker.cachemount.CacheMounts;
import io.buildkit4j.worker.cachemount.TreeExtract;
import io.buildkit4j.worker.grant.AgentSocket;
import io.buildkit4j.worker.grant.MaskedOutput;
import io.buildkit4j.worker.grant.SecretFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** What one process is granted besides its trees: cache directories, secrets and agents, for as long as it runs. */
final class ExecGrants implements AutoCloseable {
    private final Place place;
    private final List<String> waiting;
    private final Holds held = new Holds();
    private final List<byte[]> secrets = new ArrayList<>();
    private Optional<SecretFiles> files = Optional.empty();

    /** Where grants come from, and a directory for their files. */
    record Place(Path folder, CacheMounts caches, SessionDoor sessions, AtomicLong number) {
        /** Removes what a killed daemon left there. */
        static Place open(Path folder, CacheMounts caches, SessionDoor sessions) {
            try {
                Files.createDirectories(folder);
                Mounts.below(folder.toRealPath().toString()).forEach(mount -> Mounts.detach(mount.path()));
                try (Stream<Path> left = Files.list(folder)) {
                    for (Path path : left.toList()) {
                        Files.delete(path);
                    }
                }
            } catch (IOException failed) {
                throw new WorkerFault(
                        Kind.FAILED_PRECONDITION, "cannot prepare " + folder + ": " + failed.getMessage(), failed);
            }
            return new Place(folder, caches, sessions, new AtomicLong());
        }

        private Path next() {
            return folder.resolve(Long.toString(number.incrementAndGet()));
        }
    }

    /** For clients with these sessions. */
    ExecGrants(Place place, List<String> waiting) {
        this.place = place;
        this.waiting = waiting;
    }

    /**
     * The mount that is granted; nothing for what is optional and not there.
     *
     * @throws WorkerFault NOT_FOUND when a client has not what the step needs
     */
    Optional<ProcessMount> mount(ExecMount mount, String destination, List<Ref> inputs) throws InterruptedException {
        return switch (mount) {
            case ExecMount.Cache cache -> Optional.of(cache(cache, destination, inputs));
            case ExecMount.Secret secret -> secret(secret, destination);
            case ExecMount.Ssh ssh -> agent(ssh, destination);
            case ExecMount.Tmpfs memory -> Optional.of(new ProcessMount.Temporary(destination, memory.size()));
            case ExecMount.Bind bind -> throw new IllegalArgumentException("a bind mount is granted to nobody");
        };
    }

    private ProcessMount cache(ExecMount.Cache mount, String destination, List<Ref> inputs)
            throws InterruptedException {
        Optional<Ref> base = mount.input() == Op.NONE ? Optional.empty() : Optional.of(inputs.get(mount.input()));
        String identity = base.isEmpty()
                ? ""
                : base.get()
                        .contentDigest(new ContentQuery("/", true, false, List.of(), List.of()))
                        .toString();
        CacheMounts.Wanted wanted = new CacheMounts.Wanted(
                mount.id(),
                identity,
                mount.sharing(),
                "cached mount " + destination + " with id \"" + mount.id() + "\"");
        CacheMounts.Held cache = held.hold(place.caches().take(wanted, directory -> {
            if (base.isPresent()) {
                TreeExtract.write(base.get().tree(), directory);
            }
        }));
        return new ProcessMount.Bind(
                destination,
                inside(cache.path(), mount.frame().selector()),
                mount.frame().readOnly());
    }

    /** The part of a cache that is mounted; steps may have put links there, which must not lead out. */
    private static Path inside(Path cache, String selector) {
        try {
            Path real = cache.toRealPath();
            Path selected = real.resolve(selector.replaceAll("^/+", "")).toRealPath();
            if (selected.startsWith(real)) {
                return selected;
            }
        } catch (IOException missing) {
            // said below
        }
        throw new WorkerFault(Kind.NOT_FOUND, selector + " is not there in the cache mount");
    }

    private Optional<ProcessMount> secret(ExecMount.Secret mount, String destination) throws InterruptedException {
        Optional<byte[]> value = value(mount.grant().id(), mount.grant().optional());
        if (value.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(file(destination, value.get(), mount.grant()));
    }

    /** A file in memory that root can read. */
    ProcessMount file(String destination, byte[] content) {
        return file(destination, content, new ExecMount.Grant("", 0, 0, 0400, false));
    }

    private ProcessMount file(String destination, byte[] content, ExecMount.Grant grant) {
        if (files.isEmpty()) {
            files = Optional.of(held.hold(SecretFiles.open(place.next())));
        }
        return new ProcessMount.Bind(destination, files.get().add(content, grant), true);
    }

    /** Variables with secrets, each {@code NAME=value}. */
    List<String> variables(List<Op.SecretVariable> wanted) throws InterruptedException {
        List<String> variables = new ArrayList<>();
        for (Op.SecretVariable secret : wanted) {
            value(secret.id(), secret.optional())
                    .ifPresent(value -> variables.add(secret.name() + "=" + new String(value, StandardCharsets.UTF_8)));
        }
        return variables;
    }

    private Optional<byte[]> value(String id, boolean optional) throws InterruptedException {
        Optional<byte[]> value = secret(id);
        if (value.isPresent() || optional) {
            return value;
        }
        throw new WorkerFault(
                Kind.NOT_FOUND, "secret " + id + ": not found; give it with --secret id=" + id + ",src=FILE");
    }

    /** A secret of the first client that has it; masked in outputs from now on. */
    Optional<byte[]> secret(String id) throws InterruptedException {
        for (String client : waiting) {
            Optional<Session> session = place.sessions().find(client);
            Optional<byte[]> value =
                    session.isEmpty() ? Optional.empty() : session.get().secret(id);
            if (value.isPresent()) {
                secrets.add(value.get());
                return value;
            }
        }
        return Optional.empty();
    }

    private Optional<ProcessMount> agent(ExecMount.Ssh mount, String destination) throws InterruptedException {
        return agent(mount.grant()).map(socket -> new ProcessMount.Bind(destination, socket, false));
    }

    /** A socket that leads to the agent of the first client that has one; nothing for what is optional and not there. */
    Optional<Path> agent(ExecMount.Grant grant) throws InterruptedException {
        for (String client : waiting) {
            Optional<Session> session = place.sessions().find(client);
            if (session.isPresent() && has(session.get(), grant)) {
                return Optional.of(held.hold(AgentSocket.open(place.next(), session.get(), grant))
                        .path());
            }
        }
        if (grant.optional()) {
            return Optional.empty();
        }
        throw new WorkerFault(
                Kind.NOT_FOUND,
                "unset ssh forward key " + grant.id() + "; give an agent or keys with --ssh " + grant.id());
    }

    private static boolean has(Session session, ExecMount.Grant grant) throws InterruptedException {
        try {
            return session.hasAgent(grant.id());
        } catch (io.buildkit4j.wire.WireFault unset) {
            if (grant.optional()) {
                return false;
            }
            throw unset;
        }
    }

    /** The output without the secrets that were granted. */
    MaskedOutput masked(ProcessOutput output) {
        return MaskedOutput.of(secrets, output);
    }

    /** Mounts on mounts come after what they lie on. */
    static List<ProcessMount> ordered(List<ProcessMount> mounts) {
        return mounts.stream()
                .sorted(Comparator.comparingInt(
                        mount -> Path.of(mount.destination()).getNameCount()))
                .toList();
    }

    @Override
    public void close() {
        held.close();
    }
}
