package io.buildkit4j.buildd.config;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.worker.WorkerSettings;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Keys that hold for all that a worker runs.
 *
 * @param values by path, checked for their types
 * @param wrong the fault that names a path's place in the file, and what is wrong there
 */
record WorkerKeys(Map<List<String>, Object> values, BiFunction<List<String>, String, DaemonFault> wrong) {
    private static final List<String> NETWORK = List.of("worker", "oci", "networkMode");

    WorkerSettings settings() {
        return new WorkerSettings(network(), on("sources", "denyPrivateAddresses"));
    }

    private WorkerSettings.Network network() {
        String mode = values.getOrDefault(NETWORK, "auto").toString();
        return switch (mode) {
            case "auto", "host" -> WorkerSettings.Network.HOST;
            case "none" -> WorkerSettings.Network.NONE;
            default -> throw wrong.apply(NETWORK, "must be auto, host or none, not " + mode);
        };
    }

    private boolean on(String... path) {
        return Boolean.TRUE.equals(values.get(List.of(path)));
    }
}
