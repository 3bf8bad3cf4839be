package io.buildkit4j.worker.process;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.store.Brake;
import io.buildkit4j.store.Work;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Runs each process with one call of an OCI runtime's {@code run}: runc, or crun, which takes the same arguments. Below its
 * directory: {@code bundles/ID/config.json}, {@code state/ID} which is the runtime's own, and the shared host files.
 */
public final class RuncExecutor implements ProcessExecutor {
    private static final String FAILED = "run failed: ";

    private final String binary;
    private final Path bundles;
    private final Path state;
    private final HostFiles hostFiles;
    private final Capabilities capabilities = Capabilities.ofThisProcess();
    private final Gson gson = new GsonBuilder().disableHtmlEscaping().create();
    private final String prefix;
    private final AtomicLong started = new AtomicLong();
    private final Function<Brake, Work> brakes;

    private RuncExecutor(String binary, Path directory, Function<Brake, Work> brakes) {
        this.binary = binary;
        this.brakes = brakes;
        this.bundles = directory.resolve("bundles");
        this.state = directory.resolve("state");
        this.hostFiles = new HostFiles(directory);
        byte[] random = new byte[4];
        new SecureRandom().nextBytes(random);
        this.prefix = "buildkit4j-" + HexFormat.of().formatHex(random) + "-";
    }

    /**
     * An executor that owns the directory. Containers that an earlier one left there, because it was killed, are taken
     * apart first.
     *
     * @param binary name or path of the runtime
     */
    public static RuncExecutor open(String binary, Path directory) throws InterruptedException {
        return open(binary, directory, brake -> () -> {});
    }

    /** As {@link #open(String, Path)}; the brakes hear of each container, and may stop it for moments until closed. */
    public static RuncExecutor open(String binary, Path directory, Function<Brake, Work> brakes)
            throws InterruptedException {
        RuncExecutor executor = new RuncExecutor(binary, directory, brakes);
        try {
            Files.createDirectories(executor.bundles);
            Files.createDirectories(executor.state);
            Files.deleteIfExists(directory.resolve("hosts"));
            for (Path left : entries(executor.state)) {
                String id = left.getFileName().toString();
                // what stands still cannot be killed
                new ContainerBrake(id).go();
                executor.delete(id);
            }
            for (Path left : entries(executor.bundles)) {
                removeBundle(left);
            }
        } catch (IOException failed) {
            throw new WorkerFault(Kind.INTERNAL, "cannot prepare " + directory + ": " + failed.getMessage(), failed);
        }
        return executor;
    }

    @Override
    public ProcessExit run(ProcessRequest request, ProcessOutput output) throws InterruptedException {
        String id = prefix + started.incrementAndGet();
        Path bundle = bundles.resolve(id);
        try {
            Files.createDirectory(bundle);
            try {
                List<ProcessMount> files = hostFiles.mounts(request.isolation(), bundle);
                String parent = request.isolation().cgroupParent();
                String cgroup = (parent.isEmpty() ? "" : "/" + parent.replaceAll("^/+|/+$", "")) + "/" + id;
                JsonObject spec = new RuntimeSpec(request, capabilities).json(cgroup, files);
                Files.writeString(bundle.resolve("config.json"), gson.toJson(spec));
                Work braked = brakes.apply(new ContainerBrake(cgroup));
                try {
                    return run(id, bundle, output);
                } finally {
                    braked.close();
                }
            } finally {
                removeBundle(bundle);
            }
        } catch (IOException failed) {
            throw new WorkerFault(
                    Kind.INTERNAL, "cannot prepare a container in " + bundles + ": " + failed.getMessage(), failed);
        }
    }

    private ProcessExit run(String id, Path bundle, ProcessOutput output) throws IOException, InterruptedException {
        long killings = MemoryKills.count();
        Process runtime = start(List.of("run", "--bundle", bundle.toString(), id), bundle.resolve("log.json"));
        Container container = new Container(id, state, runtime);
        int code;
        OutputPump out = new OutputPump(id + "-out", 1, runtime.getInputStream(), output);
        OutputPump error = new OutputPump(id + "-err", 2, runtime.getErrorStream(), output);
        try {
            code = runtime.waitFor();
        } finally {
            container.kill();
            out.join();
            error.join();
            if (container.remains()) {
                delete(id);
            }
        }
        if (code != 0) {
            Optional<String> failure = failure(bundle.resolve("log.json"));
            if (failure.isPresent()) {
                throw new WorkerFault(Kind.FAILED_PRECONDITION, failure.get());
            }
        }
        return new ProcessExit(code, code == 137 && MemoryKills.count() > killings);
    }

    private Process start(List<String> arguments, Path log) {
        List<String> global =
                List.of(binary, "--root", state.toString(), "--log", log.toString(), "--log-format", "json");
        ProcessBuilder builder = new ProcessBuilder(
                        Stream.concat(global.stream(), arguments.stream()).toList())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(List.of("PATH", "XDG_RUNTIME_DIR"));
        try {
            return builder.start();
        } catch (IOException failed) {
            throw new WorkerFault(
                    Kind.FAILED_PRECONDITION,
                    "cannot start the container runtime " + binary
                            + ": install runc, or name another runtime in the configuration",
                    failed);
        }
    }

    /** Takes apart what a killed runtime left: processes, control groups and state. */
    private void delete(String id) throws InterruptedException {
        Process delete = start(List.of("delete", "--force", id), state.resolveSibling("delete.log"));
        boolean interrupted = false;
        while (delete.isAlive()) {
            try {
                delete.waitFor();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            throw new InterruptedException();
        }
    }

    /** What the names of this executor's containers begin with. */
    String prefix() {
        return prefix;
    }

    /** Why the runtime could not start the process, told apart from an exit code of the process itself by its log. */
    private static Optional<String> failure(Path log) throws IOException {
        if (!Files.exists(log)) {
            return Optional.empty();
        }
        for (String line : Files.readAllLines(log)) {
            try {
                JsonObject entry = JsonParser.parseString(line).getAsJsonObject();
                String message = entry.get("msg").getAsString();
                if (entry.get("level").getAsString().equals("error")) {
                    int cut = message.indexOf(FAILED);
                    return Optional.of(cut < 0 ? message : message.substring(cut + FAILED.length()));
                }
            } catch (JsonParseException | IllegalStateException | NullPointerException ignored) {
                // Not a record of the log.
            }
        }
        return Optional.empty();
    }

    private static void removeBundle(Path bundle) throws IOException {
        for (Path file : entries(bundle)) {
            Files.delete(file);
        }
        Files.delete(bundle);
    }

    private static List<Path> entries(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
    }
}
