package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.OpMetadata;
import io.buildkit4j.solver.CacheMap;
import io.buildkit4j.solver.JobContext;
import io.buildkit4j.solver.VertexProgress;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.worker.grant.MaskedOutput;
import io.buildkit4j.worker.network.Networks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs a process over mounts. */
final class ExecStep implements Step {
    private final Op.Exec op;
    private final OpMetadata metadata;
    private final String name;
    private final Platform platform;
    private final Machinery machinery;

    /** What all processes of a worker share. */
    record Machinery(
            Store store,
            ProcessExecutor executor,
            Networks networks,
            ExecGrants.Place grants,
            WorkerSettings settings) {}

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
        DeviceEdits devices = new Devices(machinery.settings().devices()).edits(op.devices());
        try (Holds network = new Holds();
                ExecGrants grants = new ExecGrants(machinery.grants(), context.sessions());
                ExecMounts mounts = new ExecMounts(machinery.store(), name, inputs, grants)) {
            mounts.begin(op);
            devices.mounts().forEach(mounts::add);
            TreeWriter root = mounts.rootTree();
            ProcessSetup setup = new ProcessSetup(op.meta());
            ProcessRequest.Command command = setup.command(root, grants.variables(op.secrets()));
            ProcessSetup.makeDirectory(root, command);
            mounts.makeStubs();
            List<ProcessMount> made = new ArrayList<>();
            Path path = mounts.mount(made);
            boolean privileged = ProcessSetup.privileged(op.security());
            Isolation isolation = setup.isolation(
                    ProcessSetup.network(op.network(), privileged, machinery.networks(), network),
                    op.security(),
                    machinery.settings(),
                    resources());
            ProcessRequest request = new ProcessRequest(
                    path, mounts.readOnlyRoot(), command, ExecGrants.ordered(made), isolation, devices);
            MaskedOutput output = grants.masked(context.progress()::log);
            try {
                run(request, output, context.progress());
            } finally {
                output.finish();
            }
            return mounts.commit();
        }
    }

    private void run(ProcessRequest request, ProcessOutput output, VertexProgress progress)
            throws InterruptedException {
        ProcessExit exit;
        try {
            exit = machinery.executor().run(request, output);
        } catch (WorkerFault failed) {
            throw new WorkerFault(
                    failed.kind(), "process " + quoted() + " could not be started: " + failed.getMessage(), failed);
        }
        exit.usage().ifPresent(usage -> progress.status(usage.describe(), 0, 0, true));
        List<Integer> valid =
                op.meta().validExitCodes().isEmpty() ? List.of(0) : op.meta().validExitCodes();
        if (!valid.contains(exit.code())) {
            throw new ExitFault(
                    exit.outOfMemory() ? Kind.RESOURCE_EXHAUSTED : Kind.UNKNOWN,
                    "process " + quoted() + " did not complete successfully: " + exit.describe(),
                    exit.code());
        }
    }

    private String quoted() {
        String line = String.join(" ", op.meta().args());
        return '"' + line.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
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
