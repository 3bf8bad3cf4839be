package io.buildkit4j.buildd.config;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Platform;
import io.buildkit4j.worker.WorkerSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The flags that choose and describe workers. */
final class WorkerFlags {
    private static final String OCI = "oci-worker";
    private static final String CONTAINERD = "containerd-worker";
    private static final String PLATFORM = "-platform";
    private static final String LABELS = "-labels";
    private static final String NO_DEVICES = "cdi-disabled";
    private static final String DEVICES = "cdi-spec-dir";

    static final List<CommandLine.Flag> FLAGS = List.of(
            new CommandLine.Flag(OCI, "BOOL", "run steps with an OCI runtime: true, false or auto (default true)"),
            new CommandLine.Flag(
                    OCI + PLATFORM, "OS/ARCH", "what that worker builds for; repeatable (default this machine's)"),
            new CommandLine.Flag(OCI + LABELS, "NAME=VALUE", "label of that worker; repeatable"),
            new CommandLine.Flag(
                    CONTAINERD,
                    "BOOL",
                    "run steps with containerd: true, false, or auto: if it answers (default false)"),
            new CommandLine.Flag(
                    CONTAINERD + "-addr", "SOCKET", "containerd's (default " + ContainerdWorker.DEFAULT.socket() + ")"),
            new CommandLine.Flag(
                    CONTAINERD + "-namespace",
                    "NAME",
                    "containerd's namespace (default " + ContainerdWorker.DEFAULT.namespace() + ")"),
            new CommandLine.Flag(
                    CONTAINERD + "-snapshotter",
                    "NAME",
                    "containerd's, for exported images (default " + ContainerdWorker.DEFAULT.snapshotter() + ")"),
            new CommandLine.Flag(CONTAINERD + "-runtime", "NAME", "containerd's (default io.containerd.runc.v2)"),
            new CommandLine.Flag(CONTAINERD + PLATFORM, "OS/ARCH", "as above"),
            new CommandLine.Flag(CONTAINERD + LABELS, "NAME=VALUE", "as above"),
            new CommandLine.Flag(NO_DEVICES, "", "no step gets a device by the Container Device Interface"),
            new CommandLine.Flag(
                    DEVICES, "DIR", "where such devices are described; repeatable (default /etc/cdi and others)"));

    private final Map<String, List<String>> given;

    WorkerFlags(Map<String, List<String>> given) {
        this.given = given;
    }

    /** Whether there is a worker with an OCI runtime: {@code auto} is a yes, since the runtime is looked for by each step. */
    boolean runtime(boolean otherwise) {
        return last(OCI)
                .map(word -> ContainerdWorker.Use.of("--" + OCI, word) != ContainerdWorker.Use.FALSE)
                .orElse(otherwise);
    }

    List<Platform> platforms(List<Platform> otherwise) {
        return platforms(OCI, otherwise);
    }

    Map<String, String> labels(Map<String, String> otherwise) {
        return labels(OCI, otherwise);
    }

    WorkerSettings settings(WorkerSettings file) {
        List<Path> directories = all(DEVICES).stream().map(Path::of).toList();
        WorkerSettings.Devices devices = last(NO_DEVICES).orElse("false").equals("true")
                ? WorkerSettings.Devices.NONE
                : new WorkerSettings.Devices(
                        directories.isEmpty() ? file.devices().directories() : directories,
                        file.devices().autoAllowed());
        return new WorkerSettings(
                file.network(),
                file.cgroupParent(),
                file.mostProcesses(),
                file.names(),
                file.denyPrivateAddresses(),
                devices);
    }

    ContainerdWorker over(ContainerdWorker file) {
        Configuration.Worker common = file.common();
        return new ContainerdWorker(
                last(CONTAINERD)
                        .map(word -> ContainerdWorker.Use.of("--" + CONTAINERD, word))
                        .orElse(file.use()),
                last(CONTAINERD + "-addr").orElse(file.socket()),
                last(CONTAINERD + "-namespace").orElse(file.namespace()),
                last(CONTAINERD + "-snapshotter").orElse(file.snapshotter()),
                last(CONTAINERD + "-runtime").or(file::runtime),
                new Configuration.Worker(
                        common.enabled(),
                        common.binary(),
                        platforms(CONTAINERD, common.platforms()),
                        labels(CONTAINERD, common.labels()),
                        common.parallelism(),
                        common.storage(),
                        common.snapshotter(),
                        common.settings()));
    }

    private List<Platform> platforms(String worker, List<Platform> otherwise) {
        List<Platform> platforms = new ArrayList<>();
        for (String name : all(worker + PLATFORM)) {
            try {
                platforms.add(Platform.parse(name));
            } catch (Fault bad) {
                throw wrong("--" + worker + PLATFORM + ": " + bad.getMessage());
            }
        }
        return platforms.isEmpty() ? otherwise : platforms;
    }

    private Map<String, String> labels(String worker, Map<String, String> otherwise) {
        Map<String, String> labels = new HashMap<>(otherwise);
        for (String label : all(worker + LABELS)) {
            int equals = label.indexOf('=');
            if (equals <= 0) {
                throw wrong("--" + worker + LABELS + " takes NAME=VALUE, not " + label);
            }
            labels.put(label.substring(0, equals), label.substring(equals + 1));
        }
        return labels;
    }

    private List<String> all(String name) {
        return given.getOrDefault(name, List.of()).stream()
                .flatMap(values -> Stream.of(values.split(",", -1)))
                .toList();
    }

    private Optional<String> last(String name) {
        List<String> values = given.getOrDefault(name, List.of());
        return values.isEmpty() ? Optional.empty() : Optional.of(values.getLast());
    }

    private static DaemonFault wrong(String message) {
        return new DaemonFault(Kind.INVALID_ARGUMENT, message);
    }
}
