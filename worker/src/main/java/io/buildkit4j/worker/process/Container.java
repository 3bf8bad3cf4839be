package io.buildkit4j.worker.process;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** One container while it runs: the runtime that waits for it and the directory that it keeps the container's state in. */
final class Container {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

    private final String id;
    private final Path state;
    private final Process runtime;

    Container(String id, Path state, Process runtime) {
        this.id = id;
        this.state = state;
        this.runtime = runtime;
    }

    /**
     * Kills the first process of the container, and the kernel kills the rest of its pid namespace with it; then the
     * runtime takes the container apart as it always does. Returns when it has, however often this thread is interrupted.
     */
    void kill() {
        boolean interrupted = false;
        long deadline = System.nanoTime() + PATIENCE;
        while (runtime.isAlive()) {
            // The runtime may still be making the container: it is looked for until it is there.
            first().ifPresent(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            if (System.nanoTime() > deadline) {
                runtime.destroyForcibly();
            }
            try {
                runtime.waitFor(3, TimeUnit.MILLISECONDS);
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the runtime left the container's state, as it does when it was killed itself. */
    boolean remains() {
        return Files.exists(state.resolve(id));
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
