package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.ExecMeta;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.OpMetadata;
import io.buildkit4j.solver.CacheMap;
import io.buildkit4j.solver.JobContext;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.worker.grant.MaskedOutput;
import io.buildkit4j.worker.process.Isolation;
import io.buildkit4j.worker.process.ProcessExecutor;
import io.buildkit4j.worker.process.ProcessExit;
import io.buildkit4j.worker.process.ProcessMount;
import io.buildkit4j.worker.process.ProcessOutput;
import io.buildkit4j.worker.process.ProcessRequest;
import io.buildkit4j.worker.rootfs.Accounts;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Runs a process over mounts. */
final class ExecStep implements Step {
    private static final String DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Op.Exec op;
    private final OpMetadata metadata;
    private final String name;
    private final Platform platform;
    private final Machinery machinery;

    /** What all processes of a worker share. */
    record Machinery(Store store, ProcessExecutor executor, Isolation.Network network, ExecGrants.Place grants) {}

    ExecStep(Op.Exec op, OpMetadata metadata, String name, Platform platform, Machinery machinery) {
        this.op = op;
        this.metadata = metadata;
        this.name = name;
        this.platform = platform;
        this.machinery = machinery;
    }

    @Override
    public CacheMap<Ref> cacheMap(JobContext<Ref> context, int index) {
        return new ExecKey(op, platform).cacheMap();
    }

    @Override
    public List<Ref> run(JobContext<Ref> context, List<Ref> inputs) throws InterruptedException {
        if (!op.devices().isEmpty()) {
            throw new WorkerFault(Kind.UNIMPLEMENTED, "devices are not supported by this daemon: leave them out");
        }
        try (ExecGrants grants = new ExecGrants(machinery.grants(), context.sessions());
                ExecMounts mounts = new ExecMounts(machinery.store(), name, inputs, grants)) {
            mounts.begin(op);
            TreeWriter root = mounts.rootTree();
            ProcessRequest.Command command = command(root, grants.variables(op));
            makeDirectory(root, command);
            mounts.makeStubs();
            List<ProcessMount> made = new ArrayList<>();
            Path path = mounts.mount(made);
            ProcessRequest request =
                    new ProcessRequest(path, mounts.readOnlyRoot(), command, ExecGrants.ordered(made), isolation());
            MaskedOutput output = grants.masked(context.progress()::log);
            try {
                run(request, output);
            } finally {
                output.finish();
            }
            return mounts.commit();
        }
    }

    private void run(ProcessRequest request, ProcessOutput output) throws InterruptedException {
        ProcessExit exit;
        try {
            exit = machinery.executor().run(request, output);
        } catch (WorkerFault failed) {
            throw new WorkerFault(
                    failed.kind(), "process " + quoted() + " could not be started: " + failed.getMessage(), failed);
        }
        List<Integer> valid =
                op.meta().validExitCodes().isEmpty() ? List.of(0) : op.meta().validExitCodes();
        if (!valid.contains(exit.code())) {
            throw new WorkerFault(
                    exit.outOfMemory() ? Kind.RESOURCE_EXHAUSTED : Kind.UNKNOWN,
                    "process " + quoted() + " did not complete successfully: " + exit.describe());
        }
    }

    private String quoted() {
        String line = String.join(" ", op.meta().args());
        return '"' + line.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private ProcessRequest.Command command(TreeWriter root, List<String> secrets) {
        ExecMeta meta = op.meta();
        if (meta.args().isEmpty()) {
            throw new WorkerFault(Kind.INVALID_ARGUMENT, "a process without arguments: name a program");
        }
        return new ProcessRequest.Command(
                meta.args(),
                environment(secrets),
                ExecMounts.absolute("/", meta.workingDirectory()),
                new Accounts(root).identity(meta.user()),
                meta.ulimits().stream()
                        .map(limit -> new ProcessRequest.ResourceLimit(limit.name(), limit.soft(), limit.hard()))
                        .toList());
    }

    private List<String> environment(List<String> secrets) {
        List<String> environment = new ArrayList<>(op.meta().environment());
        environment.addAll(secrets);
        op.meta().proxy().ifPresent(proxy -> {
            proxy(environment, "HTTP_PROXY", proxy.http());
            proxy(environment, "HTTPS_PROXY", proxy.https());
            proxy(environment, "FTP_PROXY", proxy.ftp());
            proxy(environment, "NO_PROXY", proxy.no());
            proxy(environment, "ALL_PROXY", proxy.all());
        });
        if (environment.stream().noneMatch(variable -> variable.startsWith("PATH="))) {
            environment.addFirst(DEFAULT_PATH);
        }
        return environment;
    }

    /** Programs disagree about the case. */
    private static void proxy(List<String> environment, String variable, String value) {
        if (!value.isEmpty()) {
            environment.add(variable + "=" + value);
            environment.add(variable.toLowerCase(Locale.ROOT) + "=" + value);
        }
    }

    /** The working directory is made when it is missing, and stays. */
    private static void makeDirectory(TreeWriter root, ProcessRequest.Command command) {
        String path = root.resolve(command.directory(), true);
        Deque<String> missing = new ArrayDeque<>();
        while (path.length() > 1 && root.find(path, false).isEmpty()) {
            missing.push(path);
            path = path.substring(0, Math.max(1, path.lastIndexOf('/')));
        }
        long now = System.currentTimeMillis() * 1_000_000L;
        for (String part : missing) {
            root.makeDirectory(
                    part,
                    new TreeWriter.Attributes(
                            0755, command.identity().uid(), command.identity().gid(), now, Map.of()));
        }
    }

    private Isolation isolation() {
        ExecMeta meta = op.meta();
        return new Isolation(
                switch (op.network()) {
                    case DEFAULT -> machinery.network();
                    case HOST -> Isolation.Network.HOST;
                    case NONE -> Isolation.Network.NONE;
                },
                switch (op.security()) {
                    case SANDBOX -> false;
                    case INSECURE -> true;
                },
                meta.hostname().isEmpty() ? Isolation.DEFAULT_HOSTNAME : meta.hostname(),
                meta.extraHosts().stream()
                        .map(entry -> new Isolation.HostEntry(entry.host(), entry.address()))
                        .toList(),
                meta.cgroupParent(),
                resources());
    }

    private Optional<Isolation.Resources> resources() {
        return metadata.resources()
                .map(limits -> new Isolation.Resources(
                        limits.memory(),
                        limits.memorySwap(),
                        limits.cpuShares(),
                        limits.cpuPeriod(),
                        limits.cpuQuota(),
                        limits.cpusetCpus(),
                        limits.cpusetMems()));
    }
}
