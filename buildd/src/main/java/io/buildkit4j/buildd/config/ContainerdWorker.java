package io.buildkit4j.buildd.config;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.store.Snapshotter;
import io.buildkit4j.wire.Address;
import io.buildkit4j.worker.WorkerSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The worker whose steps containerd runs.
 *
 * @param socket where containerd listens: a path or an address
 * @param namespace of containerd, for containers and images
 * @param snapshotter of containerd, with which exported images are unpacked
 * @param runtime as containerd names it; empty for runc
 * @param common what it has in common with the worker that runs a runtime itself; its storage counts when there is no other
 */
public record ContainerdWorker(
        Use use,
        String socket,
        String namespace,
        String snapshotter,
        Optional<String> runtime,
        Configuration.Worker common) {
    /** Whether there is to be such a worker. */
    public enum Use {
        /** It must work. */
        TRUE,
        /** There is none. */
        FALSE,
        /** If containerd answers. */
        AUTO;

        /**
         * By its word.
         *
         * @throws DaemonFault INVALID_ARGUMENT for any other
         */
        static Use of(String where, String word) {
            for (Use use : values()) {
                if (use.name().toLowerCase(Locale.ROOT).equals(word)) {
                    return use;
                }
            }
            throw new DaemonFault(Kind.INVALID_ARGUMENT, where + " takes true, false or auto, not " + word);
        }
    }

    /** What holds when nothing is said. */
    public static final ContainerdWorker DEFAULT = new ContainerdWorker(
            Use.FALSE,
            "/run/containerd/containerd.sock",
            "buildkit",
            "overlayfs",
            Optional.empty(),
            new Configuration.Worker(
                    false,
                    Optional.empty(),
                    List.of(),
                    Map.of(),
                    0,
                    Storage.DEFAULT,
                    Snapshotter.AUTO,
                    WorkerSettings.DEFAULT));

    /** Where containerd listens. */
    public Address address() {
        return socket.startsWith("/") ? new Address.Unix(Path.of(socket)) : Address.parse(socket);
    }
}
