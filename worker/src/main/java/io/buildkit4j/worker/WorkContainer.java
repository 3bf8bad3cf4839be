package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.llb.ExecMeta;
import io.buildkit4j.llb.ExecMount;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.OpFrame;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.worker.ProcessExecutor.RunningContainer;
import io.buildkit4j.worker.grant.MaskedOutput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A container beside the build's steps: mounts that stay while one process after another is started in it. It ends with its
 * first process. What its processes write is lost when it is closed. Safe for any thread.
 */
public final class WorkContainer implements AutoCloseable {
    private final ExecStep.Machinery machinery;
    private final Request request;
    private final Grants grants;
    private final ExecGrants granted;
    private final ExecMounts mounts;
    private final Holds network = new Holds();
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CountDownLatch ready = new CountDownLatch(1);
    private final AtomicReference<@Nullable RunningContainer> first = new AtomicReference<>();
    private final ConcurrentLinkedQueue<RunningProcess> processes = new ConcurrentLinkedQueue<>();

    /**
     * What is asked for. The inputs are those that the mounts speak of; they stay the caller's, and open as long as the
     * container.
     *
     * @param name for messages
     */
    public record Request(
            String name, List<ExecMount> mounts, List<Ref> inputs, Op.NetworkMode network, Surroundings surroundings) {
        /** Lists are copied. */
        public Request {
            mounts = List.copyOf(mounts);
            inputs = List.copyOf(inputs);
        }
    }

    /** What the container is called, whom it knows by name, and files that are not in its trees. */
    public record Surroundings(String hostname, List<ExecMeta.HostAddress> hosts, List<File> files) {
        /** Lists are copied. */
        public Surroundings {
            hosts = List.copyOf(hosts);
            files = List.copyOf(files);
        }
    }

    /** A file that its processes can read, kept in memory. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record File(String destination, byte[] content) {}

    /** A process to start in it. */
    public record Command(
            ExecMeta meta, Op.SecurityMode security, List<Op.SecretVariable> secrets, RunningProcess.Streams streams) {
        /** The list is copied. */
        public Command {
            secrets = List.copyOf(secrets);
        }
    }

    private WorkContainer(ExecStep.Machinery machinery, Request request, Grants grants) {
        this.machinery = machinery;
        this.request = request;
        this.grants = grants;
        this.granted =
                new ExecGrants(machinery.grants(), grants.session().isEmpty() ? List.of() : List.of(grants.session()));
        this.mounts = new ExecMounts(machinery.store(), request.name(), request.inputs(), granted);
    }

    /** Takes what is granted and prepares the trees; nothing is mounted before the first process. */
    static WorkContainer open(ExecStep.Machinery machinery, Request request, Grants grants)
            throws InterruptedException {
        if (request.network() == Op.NetworkMode.HOST) {
            Loader.require(Entitlement.NETWORK_HOST, grants);
        }
        WorkContainer container = new WorkContainer(machinery, request, grants);
        boolean complete = false;
        try {
            ExecMeta nobody = ExecMeta.of(List.of(), List.of(), "/", "");
            container.mounts.begin(new Op.Exec(
                    OpFrame.of(List.of()),
                    nobody,
                    request.mounts(),
                    request.network(),
                    Op.SecurityMode.SANDBOX,
                    List.of(),
                    List.of()));
            for (File file : request.surroundings().files()) {
                container.mounts.add(container.granted.file(file.destination(), file.content()));
            }
            complete = true;
            return container;
        } finally {
            if (!complete) {
                container.close();
            }
        }
    }

    /**
     * Starts a process. The answer is the caller's to close; closing the container ends it too.
     *
     * @throws WorkerFault FAILED_PRECONDITION when the container has ended with its first process
     */
    public RunningProcess start(Command command, ProcessOutput output) throws InterruptedException {
        if (command.security() == Op.SecurityMode.INSECURE) {
            Loader.require(Entitlement.SECURITY_INSECURE, grants);
        }
        List<String> variables = granted.variables(command.secrets());
        MaskedOutput masked = granted.masked(output);
        ProcessSetup setup = new ProcessSetup(command.meta());
        boolean starts = begun.compareAndSet(false, true);
        RunningProcess process =
                starts ? begin(setup, variables, command, masked) : join(setup, variables, command, masked);
        RunningProcess known = new MaskedProcess(process, masked);
        processes.add(known);
        return known;
    }

    private RunningProcess begin(ProcessSetup setup, List<String> variables, Command command, ProcessOutput output)
            throws InterruptedException {
        try {
            ProcessRequest.Command line = setup.command(mounts.rootTree(), variables);
            ProcessSetup.makeDirectory(mounts.rootTree(), line);
            mounts.makeStubs();
            List<ProcessMount> made = new ArrayList<>();
            Path root = mounts.mount(made);
            ProcessRequest whole =
                    new ProcessRequest(root, mounts.readOnlyRoot(), line, ExecGrants.ordered(made), isolation(command));
            RunningContainer container = machinery.executor().start(whole, command.streams(), output);
            first.set(container);
            return container;
        } finally {
            ready.countDown();
        }
    }

    private Isolation isolation(Command command) throws InterruptedException {
        // its later processes may have more rights than its first
        Isolation fences = new ProcessSetup(command.meta())
                .isolation(
                        ProcessSetup.network(request.network(), true, machinery.networks(), network),
                        command.security(),
                        machinery.settings(),
                        Optional.empty());
        List<Isolation.HostEntry> hosts = new ArrayList<>(fences.extraHosts());
        request.surroundings().hosts().forEach(host -> hosts.add(new Isolation.HostEntry(host.host(), host.address())));
        String name = request.surroundings().hostname();
        return new Isolation(
                fences.network(),
                fences.privileged(),
                name.isEmpty() ? fences.hostname() : name,
                hosts,
                fences.cgroupParent(),
                fences.resources(),
                fences.bounds());
    }

    private RunningProcess join(ProcessSetup setup, List<String> variables, Command command, ProcessOutput output)
            throws InterruptedException {
        ready.await();
        RunningContainer container = first.get();
        if (container == null) {
            throw ended();
        }
        container.awaitStart();
        ProcessRequest.Command line = setup.command(mounts.rootTree(), variables);
        return container.start(
                new ProcessExecutor.Beside(line, ProcessSetup.privileged(command.security())),
                command.streams(),
                output);
    }

    private WorkerFault ended() {
        return new WorkerFault(
                Kind.FAILED_PRECONDITION, request.name() + " has ended with its first process: open another one");
    }

    /**
     * What lies at one of its mounts now, whatever its processes do meanwhile.
     *
     * @param mount index in the request
     */
    public TreeReader tree(int mount) throws InterruptedException {
        return mounts.live(mount);
    }

    @Override
    public void close() {
        processes.forEach(RunningProcess::close);
        try (network;
                granted) {
            mounts.close();
        }
    }
}
