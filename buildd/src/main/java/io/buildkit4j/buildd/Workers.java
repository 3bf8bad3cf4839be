package io.buildkit4j.buildd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.buildkit4j.buildd.config.Configuration;
import io.buildkit4j.buildd.config.ContainerdWorker;
import io.buildkit4j.buildd.log.Log;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Platform;
import io.buildkit4j.wire.Containerd;
import io.buildkit4j.wire.WireFault;
import io.buildkit4j.worker.Crew;
import io.buildkit4j.worker.WorkerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Says who the workers are, and describes them as the original describes its own. */
record Workers(Path root, Configuration configuration, String snapshotter) {
    private static final String LABEL = "org.mobyproject.buildkit.worker.";
    private static final Pattern ID = Pattern.compile("[0-9a-z]{16,64}");

    /**
     * The containerd that is to be used, for as long as the answer is open; nothing where there is none and none must be.
     *
     * @throws io.buildkit4j.wire.WireFault UNAVAILABLE when it must be there and does not answer
     */
    static Optional<Containerd> connect(ContainerdWorker settings, Log log) throws InterruptedException {
        if (settings.use() == ContainerdWorker.Use.FALSE) {
            return Optional.empty();
        }
        try {
            return Optional.of(Containerd.open(settings.address(), settings.namespace()));
        } catch (WireFault absent) {
            if (settings.use() == ContainerdWorker.Use.TRUE) {
                throw absent;
            }
            log.info("there is no containerd worker: " + absent.getMessage());
            return Optional.empty();
        }
    }

    /** The one that does what nobody chooses first. Ids stay the same for one state directory. */
    List<Crew> crews(Optional<Containerd> containerd, List<Crew.Runner.Added> added) throws InterruptedException {
        List<Crew> crews = new ArrayList<>();
        if (configuration.worker().enabled()) {
            Map<String, String> labels = labels("oci", snapshotter, configuration.worker());
            labels.put(LABEL + "oci.process-mode", "sandbox");
            crews.add(crew(
                    "worker-id",
                    labels,
                    configuration.worker(),
                    new Crew.Runner.Oci(configuration.worker().binary().orElse("runc"))));
        }
        if (containerd.isPresent()) {
            ContainerdWorker settings = configuration.containerd();
            Map<String, String> labels = labels("containerd", settings.snapshotter(), configuration.worker());
            labels.put(LABEL + "containerd.uuid", containerd.get().uuid());
            labels.put(LABEL + "containerd.namespace", settings.namespace());
            crews.add(crew(
                    "worker-id-containerd",
                    labels,
                    settings.common(),
                    new Crew.Runner.Remote(containerd.get(), settings.runtime(), settings.snapshotter())));
        }
        for (Crew.Runner.Added other : added) {
            Map<String, String> labels = labels(other.name(), snapshotter, configuration.worker());
            crews.add(crew("worker-id-" + other.name(), labels, configuration.worker(), other));
        }
        if (crews.isEmpty()) {
            throw new DaemonFault(
                    Kind.FAILED_PRECONDITION,
                    "there is no worker: give --oci-worker=true, or --containerd-worker=true where containerd runs");
        }
        return crews;
    }

    private static Map<String, String> labels(String executor, String snapshotter, Configuration.Worker settings) {
        Map<String, String> labels = new HashMap<>();
        labels.put(LABEL + "executor", executor);
        labels.put(LABEL + "hostname", hostname());
        labels.put(LABEL + "network", network(settings.settings().network()));
        labels.put(LABEL + "snapshotter", snapshotter);
        return labels;
    }

    private Crew crew(String file, Map<String, String> labels, Configuration.Worker settings, Crew.Runner runner) {
        labels.putAll(settings.labels());
        List<Platform> platforms = settings.platforms().isEmpty() ? List.of(Platform.host()) : settings.platforms();
        return new Crew(id(root.resolve(file)), labels, platforms, runner);
    }

    private static String network(WorkerSettings.Network network) {
        return switch (network) {
            case WorkerSettings.Network.Host host -> "host";
            case WorkerSettings.Network.None none -> "none";
            case WorkerSettings.Network.Bridge bridge -> "bridge";
            case WorkerSettings.Network.PlugIns plugIns -> "cni";
        };
    }

    private static String hostname() {
        try {
            String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            return name.isEmpty() ? "localhost" : name;
        } catch (IOException notLinux) {
            return "localhost";
        }
    }

    /** A damaged id is replaced: it names the worker to clients, and nothing kept depends on it. */
    private static String id(Path file) {
        try {
            if (Files.exists(file)) {
                String kept = new String(Files.readAllBytes(file), ISO_8859_1).strip();
                if (ID.matcher(kept).matches()) {
                    return kept;
                }
            }
            byte[] random = new byte[16];
            new SecureRandom().nextBytes(random);
            String id = HexFormat.of().formatHex(random);
            Files.writeString(file, id);
            return id;
        } catch (IOException failed) {
            throw new DaemonFault(
                    Kind.FAILED_PRECONDITION,
                    "cannot keep the worker's id in " + file + ": " + failed.getMessage(),
                    failed);
        }
    }
}
