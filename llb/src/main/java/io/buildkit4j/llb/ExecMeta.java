package io.buildkit4j.llb;

import java.util.List;
import java.util.Optional;

/**
 * What a process is started with.
 *
 * @param environment {@code NAME=value}
 * @param user name or number, with {@code :group} where wanted; empty for root
 * @param proxy seen by the process but no part of what it is
 * @param validExitCodes empty stands for 0 only
 */
public record ExecMeta(
        List<String> args,
        List<String> environment,
        String workingDirectory,
        String user,
        Optional<Proxy> proxy,
        List<HostAddress> extraHosts,
        String hostname,
        List<Ulimit> ulimits,
        String cgroupParent,
        boolean removeMountStubsRecursive,
        List<Integer> validExitCodes) {
    /** Lists are copied. */
    public ExecMeta {
        args = List.copyOf(args);
        environment = List.copyOf(environment);
        extraHosts = List.copyOf(extraHosts);
        ulimits = List.copyOf(ulimits);
        validExitCodes = List.copyOf(validExitCodes);
    }

    /** The plain case. */
    public static ExecMeta of(List<String> args, List<String> environment, String workingDirectory, String user) {
        return new ExecMeta(
                args,
                environment,
                workingDirectory,
                user,
                Optional.empty(),
                List.of(),
                "",
                List.of(),
                "",
                false,
                List.of());
    }

    /** Proxy variables, each empty when not set. */
    public record Proxy(String http, String https, String ftp, String no, String all) {}

    /** A line of the process's hosts file. */
    public record HostAddress(String host, String address) {}

    /** A resource limit by its name in {@code getrlimit(2)}, in lower case without {@code RLIMIT_}. */
    public record Ulimit(String name, long soft, long hard) {}
}
