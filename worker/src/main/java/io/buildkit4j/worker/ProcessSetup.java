package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.llb.ExecMeta;
import io.buildkit4j.llb.Op;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.worker.network.Networks;
import io.buildkit4j.worker.rootfs.Accounts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a process is started with, as the executor takes it. */
record ProcessSetup(ExecMeta meta) {
    private static final String DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /**
     * The process itself, whose user is looked up in the root.
     *
     * @param secrets variables that are no part of the meta
     */
    ProcessRequest.Command command(TreeWriter root, List<String> secrets) {
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
        List<String> environment = new ArrayList<>(meta.environment());
        environment.addAll(secrets);
        meta.proxy().ifPresent(proxy -> {
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
    static void makeDirectory(TreeWriter root, ProcessRequest.Command command) {
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

    /** The network for it; one of its own is held by {@code holds} until the process is gone. */
    static Isolation.Network network(Op.NetworkMode mode, boolean privileged, Networks usual, Holds holds)
            throws InterruptedException {
        return switch (mode) {
            case DEFAULT -> holds.hold(usual.take(!privileged)).network();
            case HOST -> Isolation.Network.HOST;
            case NONE -> Isolation.Network.NONE;
        };
    }

    /** The fences around it. */
    Isolation isolation(
            Isolation.Network network,
            Op.SecurityMode security,
            WorkerSettings settings,
            Optional<Isolation.Resources> resources) {
        return new Isolation(
                network,
                privileged(security),
                meta.hostname().isEmpty() ? Isolation.DEFAULT_HOSTNAME : meta.hostname(),
                meta.extraHosts().stream()
                        .map(entry -> new Isolation.HostEntry(entry.host(), entry.address()))
                        .toList(),
                meta.cgroupParent().isEmpty() ? settings.cgroupParent() : meta.cgroupParent(),
                resources,
                new Isolation.Bounds(settings.mostProcesses(), settings.names()));
    }

    static boolean privileged(Op.SecurityMode security) {
        return switch (security) {
            case SANDBOX -> false;
            case INSECURE -> true;
        };
    }
}
