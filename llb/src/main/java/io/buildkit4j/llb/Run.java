package io.buildkit4j.llb;

import io.buildkit4j.llb.ExecMount.MountFrame;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A process to run: its words, its mounts and how it is confined. Immutable; what it does not say comes from the state. */
public record Run(
        List<String> args,
        List<String> environment,
        List<Mounted> mounts,
        List<Op.SecretVariable> secrets,
        Op.NetworkMode network,
        Op.SecurityMode security,
        Optional<ExecMeta.Proxy> proxy,
        List<Integer> validExitCodes,
        boolean readOnlyRoot,
        String cgroupParent,
        List<Op.CdiDevice> devices) {

    /** A mount and the tree that it shows. Input, output and digest are filled in when the step is written down. */
    public record Mounted(ExecMount mount, State source, boolean discard) {}

    /** These words, as they are. */
    public static Run args(String... args) {
        return args(List.of(args));
    }

    /** These words, as they are. */
    public static Run args(List<String> args) {
        return new Run(
                List.copyOf(args),
                List.of(),
                List.of(),
                List.of(),
                Op.NetworkMode.DEFAULT,
                Op.SecurityMode.SANDBOX,
                Optional.empty(),
                List.of(),
                false,
                "",
                List.of());
    }

    /**
     * A command line cut into words as a shell would: quotes and backslashes, nothing else.
     *
     * @throws LlbFault INVALID_ARGUMENT when a quote is left open
     */
    public static Run shlex(String line) {
        return args(Words.split(line));
    }

    /** With a variable of its own. */
    public Run environment(String name, String value) {
        List<String> more = new ArrayList<>(environment);
        more.add(name + "=" + value);
        return new Run(
                args,
                more,
                mounts,
                secrets,
                network,
                security,
                proxy,
                validExitCodes,
                readOnlyRoot,
                cgroupParent,
                devices);
    }

    /** With one more mount. A discarded one is no result of the step. */
    public Run mount(ExecMount mount, State source, boolean discard) {
        List<Mounted> more = new ArrayList<>(mounts);
        more.add(new Mounted(mount, source, discard));
        return new Run(
                args,
                environment,
                more,
                secrets,
                network,
                security,
                proxy,
                validExitCodes,
                readOnlyRoot,
                cgroupParent,
                devices);
    }

    /** With a tree mounted, writable. */
    public Run mount(String destination, State source) {
        return mount(new ExecMount.Bind(MountFrame.at(destination)), source, false);
    }

    /** With a tree mounted, read-only. */
    public Run mountReadOnly(String destination, State source) {
        MountFrame frame = new MountFrame(Op.NONE, "", destination, Op.NONE, true, "", ExecMount.ContentCache.DEFAULT);
        return mount(new ExecMount.Bind(frame), source, true);
    }

    /** With a directory that stays on the machine that runs it. */
    public Run cache(String destination, String id, ExecMount.CacheSharing sharing) {
        return mount(new ExecMount.Cache(MountFrame.at(destination), id, sharing), State.scratch(), true);
    }

    /** With memory mounted; 0 is the kernel's default size. */
    public Run tmpfs(String destination, long size) {
        return mount(new ExecMount.Tmpfs(MountFrame.at(destination), size), State.scratch(), true);
    }

    /** With a secret as a file. */
    public Run secret(String destination, ExecMount.Grant grant) {
        return mount(new ExecMount.Secret(MountFrame.at(destination), grant), State.scratch(), true);
    }

    /** With the client's ssh agent as a socket. */
    public Run ssh(String destination, ExecMount.Grant grant) {
        return mount(new ExecMount.Ssh(MountFrame.at(destination), grant), State.scratch(), true);
    }

    /** With a secret as a variable. */
    public Run secretVariable(Op.SecretVariable secret) {
        List<Op.SecretVariable> more = new ArrayList<>(secrets);
        more.add(secret);
        return new Run(
                args,
                environment,
                mounts,
                more,
                network,
                security,
                proxy,
                validExitCodes,
                readOnlyRoot,
                cgroupParent,
                devices);
    }

    /** On another network. */
    public Run network(Op.NetworkMode mode) {
        return new Run(
                args,
                environment,
                mounts,
                secrets,
                mode,
                security,
                proxy,
                validExitCodes,
                readOnlyRoot,
                cgroupParent,
                devices);
    }

    /** Confined otherwise. */
    public Run security(Op.SecurityMode mode) {
        return new Run(
                args,
                environment,
                mounts,
                secrets,
                network,
                mode,
                proxy,
                validExitCodes,
                readOnlyRoot,
                cgroupParent,
                devices);
    }

    /** With proxy variables that do not change what it is. */
    public Run proxy(ExecMeta.Proxy values) {
        return new Run(
                args,
                environment,
                mounts,
                secrets,
                network,
                security,
                Optional.of(values),
                validExitCodes,
                readOnlyRoot,
                cgroupParent,
                devices);
    }

    /** Successful with these exit codes only. */
    public Run validExitCodes(List<Integer> codes) {
        return new Run(
                args,
                environment,
                mounts,
                secrets,
                network,
                security,
                proxy,
                codes,
                readOnlyRoot,
                cgroupParent,
                devices);
    }

    /** With a root that cannot be written. */
    public Run readOnlyRootTree() {
        return new Run(
                args,
                environment,
                mounts,
                secrets,
                network,
                security,
                proxy,
                validExitCodes,
                true,
                cgroupParent,
                devices);
    }

    /** With a device of the machine, {@code vendor/class=name}; one that is optional need not be there. */
    public Run device(String name, boolean optional) {
        List<Op.CdiDevice> more = new ArrayList<>(devices);
        more.add(new Op.CdiDevice(name, optional));
        return new Run(
                args,
                environment,
                mounts,
                secrets,
                network,
                security,
                proxy,
                validExitCodes,
                readOnlyRoot,
                cgroupParent,
                more);
    }

    /** Below another cgroup than the daemon's; empty for that. */
    public Run cgroupParent(String parent) {
        return new Run(
                args,
                environment,
                mounts,
                secrets,
                network,
                security,
                proxy,
                validExitCodes,
                readOnlyRoot,
                parent,
                devices);
    }

    Execution apply(State state, StepNote note) {
        Surroundings around = state.around();
        for (String variable : environment) {
            int equals = variable.indexOf('=');
            around = around.withVariable(variable.substring(0, equals), variable.substring(equals + 1));
        }
        State.InputList inputs = new State.InputList();
        List<ExecMount> placed = new ArrayList<>();
        Map<String, Integer> outputs = new LinkedHashMap<>();
        int next = 0;
        int root = inputs.add(state);
        placed.add(new ExecMount.Bind(new MountFrame(
                root, "", "/", readOnlyRoot ? Op.NONE : next++, readOnlyRoot, "", ExecMount.ContentCache.DEFAULT)));
        for (Mounted mounted : sorted(around)) {
            MountFrame frame = mounted.mount().frame();
            boolean output = mounted.mount() instanceof ExecMount.Bind && !mounted.discard() && !frame.readOnly();
            int index = output ? next++ : Op.NONE;
            if (output) {
                outputs.put(frame.destination(), index);
            }
            placed.add(place(mounted.mount(), inputs.add(mounted.source()), index));
        }
        Op.Exec op = new Op.Exec(
                new OpFrame(inputs.inputs(), around.platform(), around.constraints()),
                meta(around),
                placed,
                network,
                security,
                secrets,
                devices);
        Node node = Node.of(op, inputs.outputs(), note);
        Map<String, State> mountedStates = new LinkedHashMap<>();
        outputs.forEach((destination, index) -> mountedStates.put(destination, state.at(node, index)));
        return new Execution(readOnlyRoot ? state : state.at(node, 0), mountedStates);
    }

    /** Trees by where they are shown; then secrets, then agents, as they were given. */
    private List<Mounted> sorted(Surroundings around) {
        return mounts.stream()
                .sorted(Comparator.comparingInt((Mounted mounted) -> switch (mounted.mount()) {
                            case ExecMount.Bind _, ExecMount.Cache _, ExecMount.Tmpfs _ -> 0;
                            case ExecMount.Secret _ -> 1;
                            case ExecMount.Ssh _ -> 2;
                        })
                        .thenComparing(mounted -> switch (mounted.mount()) {
                            case ExecMount.Bind _, ExecMount.Cache _, ExecMount.Tmpfs _ ->
                                around.resolve(mounted.mount().destination());
                            case ExecMount.Secret _, ExecMount.Ssh _ -> "";
                        }))
                .toList();
    }

    private ExecMeta meta(Surroundings around) {
        return new ExecMeta(
                args,
                around.environment(),
                around.directory(),
                around.user(),
                proxy,
                around.hosts(),
                around.hostname(),
                around.ulimits(),
                cgroupParent,
                true,
                validExitCodes);
    }

    private static ExecMount place(ExecMount mount, int input, int output) {
        MountFrame old = mount.frame();
        MountFrame frame = new MountFrame(
                input, old.selector(), old.destination(), output, old.readOnly(), old.resultId(), old.contentCache());
        return switch (mount) {
            case ExecMount.Bind _ -> new ExecMount.Bind(frame);
            case ExecMount.Cache cache -> new ExecMount.Cache(frame, cache.id(), cache.sharing());
            case ExecMount.Tmpfs tmpfs -> new ExecMount.Tmpfs(frame, tmpfs.size());
            case ExecMount.Secret secret -> new ExecMount.Secret(frame, secret.grant());
            case ExecMount.Ssh ssh -> new ExecMount.Ssh(frame, ssh.grant());
        };
    }
}
