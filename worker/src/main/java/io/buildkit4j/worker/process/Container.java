package io.buildkit4j.worker.process;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.footing.Uninterrupted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * One process of a container while it runs: the runtime that waits for it, and where the runtime says which process it is. That
 * is the state of the container for its first process, and a file for another one.
 */
final class Container {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

    private final String id;
    private final Path state;
    private final Process runtime;
    private final Optional<Path> number;

    /** The first process. */
    Container(String id, Path state, Process runtime) {
        this(id, state, runtime, Optional.empty());
    }

    /** Another one, whose number the runtime writes to the file. */
    Container(String id, Path state, Process runtime, Optional<Path> number) {
        this.id = id;
        this.state = state;
        this.runtime = runtime;
        this.number = number;
    }

    /**
     * Kills the process. If it is the container's first, the kernel kills the rest of its pid namespace with it; then the
     * runtime takes the container apart as it always does. Returns when it has, however often this thread is interrupted.
     */
    void kill() {
        long deadline = System.nanoTime() + PATIENCE;
        while (runtime.isAlive()) {
            // The runtime may still be making the container: it is looked for until it is there.
            process().ifPresent(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            if (System.nanoTime() > deadline) {
                runtime.destroyForcibly();
            }
            Uninterrupted.await(() -> runtime.waitFor(3, TimeUnit.MILLISECONDS));
        }
    }

    /** Whether the runtime left the container's state, as it does when it was killed itself. */
    boolean remains() {
        return Files.exists(state.resolve(id));
    }

    /** The number of the process, once it is known and as long as it lives. */
    OptionalLong process() {
        return number.isEmpty() ? first() : written(number.get());
    }

    private OptionalLong written(Path file) {
        try {
            String text = Files.readString(file).strip();
            return !text.isEmpty() && ours(Long.parseLong(text))
                    ? OptionalLong.of(Long.parseLong(text))
                    : OptionalLong.empty();
        } catch (IOException | NumberFormatException notYet) {
            return OptionalLong.empty();
        }
    }

    private OptionalLong first() {
        for (String file : List.of("state.json", "status")) {
            try {
                JsonElement json = JsonParser.parseString(
                        Files.readString(state.resolve(id).resolve(file)));
                OptionalLong pid = pid(json.getAsJsonObject());
                if (pid.isPresent() && ours(pid.getAsLong())) {
                    return pid;
                }
            } catch (IOException | JsonParseException | IllegalStateException ignored) {
                // Not there yet, or half written: looked at again.
            }
        }
        return OptionalLong.empty();
    }

    private static OptionalLong pid(JsonObject state) {
        for (String name : List.of("init_process_pid", "pid")) {
            if (state.has(name) && state.get(name).getAsLong() > 0) {
                return OptionalLong.of(state.get(name).getAsLong());
            }
        }
        return OptionalLong.empty();
    }

    /** A number that was given to another process since is left alone. */
    private boolean ours(long pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/cgroup")).contains(id);
    }
}
