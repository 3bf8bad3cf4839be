package io.buildkit4j.buildd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.buildkit4j.buildd.config.Configuration;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Registries;
import io.buildkit4j.store.Store;
import io.buildkit4j.wire.Sessions;
import io.buildkit4j.worker.WorkerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Says what this machine's worker is made of, and describes it as the original describes its own. */
final class Workers {
    private static final String LABEL = "org.mobyproject.buildkit.worker.";
    private static final Pattern ID = Pattern.compile("[0-9a-z]{16,64}");

    private Workers() {}

    /** The id stays the same for one state directory. */
    static WorkerOptions options(
            Path root, Configuration.Worker settings, Store store, Registries registries, Sessions sessions) {
        Map<String, String> labels = new HashMap<>();
        labels.put(LABEL + "executor", "oci");
        labels.put(LABEL + "hostname", hostname());
        labels.put(LABEL + "network", "host");
        labels.put(LABEL + "oci.process-mode", "sandbox");
        labels.put(LABEL + "snapshotter", store.snapshotter().word());
        labels.putAll(settings.labels());
        List<Platform> platforms = settings.platforms().isEmpty() ? List.of(Platform.host()) : settings.platforms();
        return new WorkerOptions(
                id(root.resolve("worker-id")),
                labels,
                platforms,
                root.resolve("worker"),
                store,
                registries,
                sessions,
                settings.binary().orElse("runc"),
                settings.settings());
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
                    io.buildkit4j.footing.Kind.FAILED_PRECONDITION,
                    "cannot keep the worker's id in " + file + ": " + failed.getMessage(),
                    failed);
        }
    }
}
