package io.buildkit4j.buildd.config;

import io.buildkit4j.image.Platform;
import io.buildkit4j.image.RegistryHost;
import io.buildkit4j.store.Snapshotter;
import io.buildkit4j.wire.TlsFiles;
import io.buildkit4j.worker.Entitlement;
import io.buildkit4j.worker.WorkerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How the daemon is to run.
 *
 * @param root absolute path of the state directory
 * @param addresses to listen on, such as {@code unix:///run/buildkit/buildkitd.sock} or {@code tcp://127.0.0.1:1234}
 * @param registries by host, with the port where it is part of the name
 * @param entitlements that builds may ask for
 * @param certificates for TCP ports, which are open to everybody without
 * @param frontendSilence how long a frontend in a container may take to say its first word
 */
public record Configuration(
        Path root,
        boolean debug,
        List<String> addresses,
        Worker worker,
        ContainerdWorker containerd,
        Map<String, RegistryHost> registries,
        Set<Entitlement> entitlements,
        Optional<TlsFiles> certificates,
        Duration frontendSilence) {
    /** Long enough for any frontend to start. */
    public static final Duration FRONTEND_SILENCE = Duration.ofSeconds(60);

    /** Where state is kept unless said otherwise. */
    public static final Path ROOT = Path.of("/var/lib/buildkit4j");

    /** Where the daemon listens unless told otherwise; the address that existing clients try first. */
    public static final String ADDRESS = "unix:///run/buildkit/buildkitd.sock";

    /** What holds when nothing is said. */
    public static final Configuration DEFAULT = new Configuration(
            ROOT,
            false,
            List.of(ADDRESS),
            Worker.DEFAULT,
            ContainerdWorker.DEFAULT,
            Map.of(),
            Set.of(),
            Optional.empty());

    /** What counts for all workers: what is said of the one that does what nobody chooses. */
    public Worker usual() {
        return worker.enabled() ? worker : containerd.common();
    }

    // departs from ParameterNumber: the older form of a record whose components are the parameters
    /** With the usual patience for frontends. */
    public Configuration(
            Path root,
            boolean debug,
            List<String> addresses,
            Worker worker,
            ContainerdWorker containerd,
            Map<String, RegistryHost> registries,
            Set<Entitlement> entitlements,
            Optional<TlsFiles> certificates) {
        this(root, debug, addresses, worker, containerd, registries, entitlements, certificates, FRONTEND_SILENCE);
    }

    /** Collections are copied. */
    public Configuration {
        addresses = List.copyOf(addresses);
        registries = Map.copyOf(registries);
        entitlements = Set.copyOf(entitlements);
    }

    /**
     * How steps are run.
     *
     * @param enabled whether there is such a worker
     * @param binary the OCI runtime, a path or a name to look for on PATH; empty for runc, else crun
     * @param platforms that builds may run for; empty for this machine's own
     * @param labels added to the worker's own
     * @param parallelism how many steps may run at once; 0 for no limit
     * @param storage how much disk may be used
     * @param snapshotter how file systems of steps are made
     * @param settings what else holds for all steps
     */
    public record Worker(
            boolean enabled,
            Optional<String> binary,
            List<Platform> platforms,
            Map<String, String> labels,
            int parallelism,
            Storage storage,
            Snapshotter snapshotter,
            WorkerSettings settings) {
        /** What holds when nothing is said. */
        public static final Worker DEFAULT = new Worker(
                true,
                Optional.empty(),
                List.of(),
                Map.of(),
                0,
                Storage.DEFAULT,
                Snapshotter.AUTO,
                WorkerSettings.DEFAULT);

        /** Collections are copied. */
        public Worker {
            platforms = List.copyOf(platforms);
            labels = Map.copyOf(labels);
        }
    }
}
