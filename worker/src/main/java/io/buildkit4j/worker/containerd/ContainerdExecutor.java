package io.buildkit4j.worker.containerd;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.store.Brake;
import io.buildkit4j.store.Work;
import io.buildkit4j.wire.Containerd;
import io.buildkit4j.wire.ContainerdTasks;
import io.buildkit4j.wire.WireFault;
import io.buildkit4j.worker.ProcessExecutor;
import io.buildkit4j.worker.ProcessExit;
import io.buildkit4j.worker.ProcessMount;
import io.buildkit4j.worker.ProcessOutput;
import io.buildkit4j.worker.ProcessRequest;
import io.buildkit4j.worker.RunningProcess;
import io.buildkit4j.worker.WorkerFault;
import io.buildkit4j.worker.process.Bundles;
import io.buildkit4j.worker.process.Capabilities;
import io.buildkit4j.worker.process.ContainerBrake;
import io.buildkit4j.worker.process.HostFiles;
import io.buildkit4j.worker.process.RuntimeSpec;
import io.buildkit4j.worker.process.UsageGroups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Runs each process as a task of containerd. Containers bear a label with this executor's directory, by which those that a
 * killed daemon left are found again. Below the directory: {@code bundles/ID}, the folder of a process with its fifos, and
 * the shared host files.
 */
public final class ContainerdExecutor implements ProcessExecutor {
    /** Label of all containers: the directory of the executor whose they are. */
    static final String OWNER = "io.buildkit4j.executor";

    private final ContainerdTasks tasks;
    private final Settings settings;
    private final Path bundles;
    private final HostFiles hostFiles;
    private final Capabilities capabilities = Capabilities.ofThisProcess();
    private final Gson gson = new GsonBuilder().disableHtmlEscaping().create();
    private final String prefix;
    private final UsageGroups groups;
    private final AtomicLong started = new AtomicLong();
    /** Containers that could not be removed while containerd was away. */
    private final Set<String> left = ConcurrentHashMap.newKeySet();

    /**
     * How containers are made.
     *
     * @param runtime as containerd names it, such as {@code io.containerd.runc.v2}
     * @param directory of this executor alone
     * @param brakes hear of each container, and may stop it for moments until closed
     */
    public record Settings(String runtime, Path directory, Function<Brake, Work> brakes) {
        /** What containerd runs containers with unless told otherwise. */
        public static final String RUNTIME = "io.containerd.runc.v2";
    }

    private ContainerdExecutor(Containerd containerd, Settings settings, UsageGroups groups) {
        this.groups = groups;
        this.tasks = containerd.tasks();
        this.settings = settings;
        this.bundles = settings.directory().resolve("bundles");
        this.hostFiles = new HostFiles(settings.directory());
        byte[] random = new byte[4];
        new SecureRandom().nextBytes(random);
        this.prefix = "buildkit4j-" + HexFormat.of().formatHex(random) + "-";
    }

    /**
     * An executor that owns the directory. Containers of an earlier one, which was killed, are taken apart first. The
     * connection stays the caller's.
     */
    public static ContainerdExecutor open(Containerd containerd, Settings settings) throws InterruptedException {
        try {
            ContainerdExecutor executor =
                    new ContainerdExecutor(containerd, settings, UsageGroups.in(settings.directory()));
            Files.createDirectories(executor.bundles);
            Files.deleteIfExists(settings.directory().resolve("hosts"));
            executor.left.addAll(
                    executor.tasks.withLabel(OWNER, settings.directory().toString()));
            executor.takeApart();
            for (Path old : Bundles.entries(executor.bundles)) {
                Bundles.remove(old);
            }
            executor.groups.begin();
            return executor;
        } catch (IOException failed) {
            throw unprepared(settings.directory(), failed);
        }
    }

    private static WorkerFault unprepared(Path directory, IOException failed) {
        return new WorkerFault(
                Kind.INTERNAL, "cannot prepare a container in " + directory + ": " + failed.getMessage(), failed);
    }

    /** What was left while containerd was away, or by an earlier daemon. */
    private void takeApart() throws InterruptedException {
        for (String id : Set.copyOf(left)) {
            // what stands still cannot be killed
            groups.left(id).forEach(group -> new ContainerBrake(group).go());
            Task task = new Task(tasks, ContainerdTasks.Id.first(id));
            task.kill();
            task.remove();
            tasks.forget(id);
            left.remove(id);
        }
    }

    private void takeApartIfThere() throws InterruptedException {
        try {
            takeApart();
        } catch (WireFault away) {
            // tried again when the next one begins or has ended
        }
    }

    @Override
    public ProcessExit run(ProcessRequest request, ProcessOutput output) throws InterruptedException {
        try (RunningProcess process = start(request, RunningProcess.Streams.SILENT, output)) {
            return process.await();
        }
    }

    @Override
    public RunningContainer start(ProcessRequest request, RunningProcess.Streams streams, ProcessOutput output)
            throws InterruptedException {
        takeApartIfThere();
        String id = prefix + started.incrementAndGet();
        Path folder = bundles.resolve(id);
        UsageGroups.Group group = groups.take(request.isolation().cgroupParent());
        try {
            Files.createDirectory(folder);
            List<ProcessMount> files = hostFiles.mounts(request.isolation(), folder);
            String cgroup = group.path() + "/" + id;
            String spec = gson.toJson(new RuntimeSpec(request, capabilities)
                    .json(cgroup, files, streams == RunningProcess.Streams.TERMINAL));
            Fifos fifos = new Fifos(folder, streams);
            Work brake = settings.brakes().apply(new ContainerBrake(cgroup));
            First process = new First(new Inside(id, folder, group, brake), fifos, streams);
            process.begin(
                    () -> {
                        tasks.describe(id, Map.of(OWNER, settings.directory().toString()), settings.runtime(), spec);
                        tasks.create(id, fifos.names());
                    },
                    output);
            return process;
        } catch (IOException failed) {
            group.close();
            Bundles.remove(folder);
            throw unprepared(bundles, failed);
        }
    }

    /** What a container's first process is in. */
    private record Inside(String id, Path folder, UsageGroups.Group group, Work brake) {}

    private void removed(String id) throws InterruptedException {
        tasks.forget(id);
        takeApartIfThere();
    }

    private TaskProcess.Place place(Inside inside) {
        return new TaskProcess.Place(
                inside.folder(),
                Optional.of(inside.brake()),
                Optional.of(inside.group()),
                () -> removed(inside.id()),
                () -> left.add(inside.id()));
    }

    /** The first process of a container. */
    private final class First extends TaskProcess implements RunningContainer {
        private final String id;

        First(Inside inside, Fifos fifos, Streams streams) {
            super(tasks, ContainerdTasks.Id.first(inside.id()), place(inside), fifos, streams);
            this.id = inside.id();
        }

        @Override
        public RunningProcess start(Beside beside, Streams streams, ProcessOutput output) {
            return ContainerdExecutor.this.start(id, beside, streams, output);
        }
    }

    private RunningProcess start(
            String id, ProcessExecutor.Beside beside, RunningProcess.Streams streams, ProcessOutput output) {
        String name = "beside-" + started.incrementAndGet();
        Path folder = bundles.resolve(id + "-" + name);
        try {
            Files.createDirectory(folder);
            String spec = gson.toJson(RuntimeSpec.process(
                    beside.command(),
                    capabilities.granted(beside.privileged()),
                    streams == RunningProcess.Streams.TERMINAL));
            Fifos fifos = new Fifos(folder, streams);
            ContainerdTasks.Id process = new ContainerdTasks.Id(id, name);
            TaskProcess made = new TaskProcess(
                    tasks,
                    process,
                    new TaskProcess.Place(folder, Optional.empty(), Optional.empty(), () -> {}, () -> {}),
                    fifos,
                    streams);
            made.begin(() -> tasks.add(process, fifos.names(), spec), output);
            return made;
        } catch (IOException failed) {
            Bundles.remove(folder);
            throw unprepared(bundles, failed);
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
