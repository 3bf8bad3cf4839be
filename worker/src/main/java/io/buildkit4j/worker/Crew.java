package io.buildkit4j.worker;

import io.buildkit4j.image.Platform;
import io.buildkit4j.store.Brake;
import io.buildkit4j.store.RecordFilter;
import io.buildkit4j.store.Work;
import io.buildkit4j.wire.Containerd;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What clients know as one worker: somebody who runs the processes of steps. The crews of a daemon share its store, so what
 * one of them made the others have as well.
 *
 * @param id the same after a restart
 * @param platforms that it runs processes of, its own first; at least one
 */
public record Crew(String id, Map<String, String> labels, List<Platform> platforms, Runner runner) {
    private static final String LABEL = "labels.";

    /** Collections are copied. */
    public Crew {
        labels = Map.copyOf(labels);
        platforms = List.copyOf(platforms);
    }

    /** Who starts the processes. */
    public sealed interface Runner {
        /** An OCI runtime by its name or path, such as {@code runc} or {@code crun}. */
        record Oci(String binary) implements Runner {}

        /**
         * A containerd, whose connection stays the caller's.
         *
         * @param runtime as it names it; empty for runc
         * @param snapshotter of that containerd, for images that it is given
         */
        record Remote(Containerd containerd, Optional<String> runtime, String snapshotter) implements Runner {}

        /**
         * One that is added to this daemon's own.
         *
         * @param name of its directory
         */
        record Added(String name, Opening opening) implements Runner {}

        /** Opens an executor when the daemon starts. */
        @FunctionalInterface
        interface Opening {
            /**
             * Takes apart what an earlier one left in the directory, if that was killed.
             *
             * @param directory of the executor alone; to be made when it is needed
             * @param brakes hear of each container that writes into the store, and may stop it for moments until closed
             */
            ProcessExecutor open(Path directory, Function<Brake, Work> brakes) throws InterruptedException;
        }
    }

    /** Whether it passes one of the filters, which speak of {@code id}, {@code platform} and {@code labels.NAME}. */
    public boolean passes(List<String> filters) {
        return RecordFilter.parse(filters).selects(this::values);
    }

    private List<String> values(String field) {
        if (field.startsWith(LABEL)) {
            return Optional.ofNullable(labels.get(field.substring(LABEL.length()))).stream()
                    .toList();
        }
        return switch (field) {
            case "id" -> List.of(id);
            case "platform" -> platforms.stream().map(Platform::toString).toList();
            default -> List.of();
        };
    }
}
