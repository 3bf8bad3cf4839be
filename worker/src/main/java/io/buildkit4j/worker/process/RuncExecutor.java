package io.buildkit4j.worker.process;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.store.Brake;
import io.buildkit4j.store.Work;
import io.buildkit4j.worker.ProcessExecutor;
import io.buildkit4j.worker.ProcessExit;
import io.buildkit4j.worker.ProcessMount;
import io.buildkit4j.worker.ProcessOutput;
import io.buildkit4j.worker.ProcessRequest;
import io.buildkit4j.worker.RunningProcess;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs each process with one call of an OCI runtime's {@code run}: runc, or crun, which takes the same arguments. Below its
 * directory: {@code bundles/ID/config.json}, {@code state/ID} which is the runtime's own, and the shared host files.
 */
public final class RuncExecutor implements ProcessExecutor {
    private final Path bundles;
    private final RuntimeCommand runtime;
    private final HostFiles hostFiles;
    private final Capabilities capabilities = Capabilities.ofThisProcess();
    private final Gson gson = new GsonBuilder().disableHtmlEscaping().create();
    private final String prefix;
    private final UsageGroups groups;
    private final AtomicLong started = new AtomicLong();
    private final Function<Brake, Work> brakes;

    private RuncExecutor(String binary, Path directory, Function<Brake, Work> brakes, UsageGroups groups) {
        this.brakes = brakes;
        this.bundles = directory.resolve("bundles");
        this.runtime = new RuntimeCommand(binary, directory.resolve("state"));
        this.hostFiles = new HostFiles(directory);
        byte[] random = new byte[4];
        new SecureRandom().nextBytes(random);
        this.prefix = "buildkit4j-" + HexFormat.of().formatHex(random) + "-";
        this.groups = groups;
    }

    /**
     * An executor that owns the directory. Containers that an earlier one left there, because it was killed, are taken
     * apart first.
     *
     * @param binary name or path of the runtime
     */
    public static RuncExecutor open(String binary, Path directory) {
        return open(binary, directory, brake -> () -> {});
    }

    /** As {@link #open(String, Path)}; the brakes hear of each container, and may stop it for moments until closed. */
    public static RuncExecutor open(String binary, Path directory, Function<Brake, Work> brakes) {
        try {
            RuncExecutor executor = new RuncExecutor(binary, directory, brakes, UsageGroups.in(directory));
            Files.createDirectories(executor.bundles);
            Files.createDirectories(executor.runtime.state());
            Files.deleteIfExists(directory.resolve("hosts"));
            for (Path left : Bundles.entries(executor.runtime.state())) {
                String id = left.getFileName().toString();
                // what stands still cannot be killed
                executor.groups.left(id).forEach(group -> new ContainerBrake(group).go());
                executor.runtime.delete(id);
            }
            for (Path left : Bundles.entries(executor.bundles)) {
                Bundles.remove(left);
            }
            executor.groups.begin();
            return executor;
        } catch (IOException failed) {
            throw new WorkerFault(Kind.INTERNAL, "cannot prepare " + directory + ": " + failed.getMessage(), failed);
        }
    }

    @Override
    public ProcessExit run(ProcessRequest request, ProcessOutput output) throws InterruptedException {
        try (RunningProcess process = start(request, RunningProcess.Streams.SILENT, output)) {
            return process.await();
        }
    }

    @Override
    public RunningContainer start(ProcessRequest request, RunningProcess.Streams streams, ProcessOutput output) {
        String id = prefix + started.incrementAndGet();
        Path bundle = bundles.resolve(id);
        boolean running = false;
        UsageGroups.@Nullable Group group = null;
        try {
            Files.createDirectory(bundle);
            List<ProcessMount> files = hostFiles.mounts(request.isolation(), bundle);
            group = groups.take(request.isolation().cgroupParent());
            String cgroup = group.path() + "/" + id;
            boolean terminal = streams == RunningProcess.Streams.TERMINAL;
            JsonObject spec = new RuntimeSpec(request, capabilities).json(cgroup, files, terminal);
            Files.writeString(bundle.resolve("config.json"), gson.toJson(spec));
            Work braked = brakes.apply(new ContainerBrake(cgroup));
            RuncProcess.Place place =
                    new RuncProcess.Place(runtime, id, bundle, Optional.of(braked), Optional.of(group));
            RunningContainer container =
                    new First(place, List.of("run", "--bundle", bundle.toString(), id), streams, output);
            running = true;
            return container;
        } catch (IOException failed) {
            throw new WorkerFault(
                    Kind.INTERNAL, "cannot prepare a container in " + bundles + ": " + failed.getMessage(), failed);
        } finally {
            if (!running) {
                Bundles.remove(bundle);
                if (group != null) {
                    group.close();
                }
            }
        }
    }

    /** The first process of a container. */
    private final class First extends RuncProcess implements RunningContainer {
        private final String id;

        First(Place place, List<String> arguments, Streams streams, ProcessOutput output) {
            super(place, arguments, streams, output);
            this.id = place.id();
        }

        @Override
        public RunningProcess start(Beside beside, Streams streams, ProcessOutput output) {
            return RuncExecutor.this.start(id, beside, streams, output);
        }
    }

    private RunningProcess start(
            String id, ProcessExecutor.Beside beside, RunningProcess.Streams streams, ProcessOutput output) {
        Path folder = bundles.resolve(id + "-" + started.incrementAndGet());
        boolean running = false;
        try {
            Files.createDirectory(folder);
            Path file = folder.resolve("process.json");
            boolean terminal = streams == RunningProcess.Streams.TERMINAL;
            Files.writeString(
                    file,
                    gson.toJson(RuntimeSpec.process(
                            beside.command(), capabilities.granted(beside.privileged()), terminal)));
            RuncProcess.Place place = new RuncProcess.Place(runtime, id, folder, Optional.empty(), Optional.empty());
            RunningProcess process = new RuncProcess(
                    place,
                    List.of(
                            "exec",
                            "--process",
                            file.toString(),
                            "--pid-file",
                            place.number().toString(),
                            id),
                    streams,
                    output);
            running = true;
            return process;
        } catch (IOException failed) {
            throw new WorkerFault(
                    Kind.INTERNAL, "cannot prepare a process in " + bundles + ": " + failed.getMessage(), failed);
        } finally {
            if (!running) {
                Bundles.remove(folder);
            }
        }
    }

    /** Removes what stayed from one container to the next; none must run any more. */
    @Override
    public void close() {
        groups.close();
    }

    /** The name of the control group that those of all its containers are below. */
    String groups() {
        return groups.top();
    }
}
