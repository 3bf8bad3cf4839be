package io.buildkit4j.worker;

import java.nio.file.Path;
import java.util.List;

/**
 * What is to be run.
 *
 * @param root the process's root file system, mounted on the host
 * @param readOnlyRoot the process cannot write to its root, though the host may
 * @param mounts in the order they are made; the root is not among them, those of devices are
 * @param devices nodes, variables, hooks and groups that it gets besides
 */
public record ProcessRequest(
        Path root,
        boolean readOnlyRoot,
        Command command,
        List<ProcessMount> mounts,
        Isolation isolation,
        DeviceEdits devices) {
    /** Without devices. */
    public ProcessRequest(
            Path root, boolean readOnlyRoot, Command command, List<ProcessMount> mounts, Isolation isolation) {
        this(root, readOnlyRoot, command, mounts, isolation, DeviceEdits.NONE);
    }

    /** Mounts are copied. */
    public ProcessRequest {
        mounts = List.copyOf(mounts);
    }

    /**
     * The process itself.
     *
     * @param environment each {@code NAME=value}
     * @param directory absolute, exists in the root
     */
    public record Command(
            List<String> arguments,
            List<String> environment,
            String directory,
            Identity identity,
            List<ResourceLimit> limits) {
        /** Lists are copied. */
        public Command {
            arguments = List.copyOf(arguments);
            environment = List.copyOf(environment);
            limits = List.copyOf(limits);
        }
    }

    /** Whom the process runs as, in numbers. */
    public record Identity(int uid, int gid, List<Integer> groups) {
        /** The superuser. */
        public static final Identity ROOT = new Identity(0, 0, List.of());

        /** Groups are copied. */
        public Identity {
            groups = List.copyOf(groups);
        }
    }

    /**
     * One limit as in setrlimit(2).
     *
     * @param name such as {@code nofile}, without prefix, in any case
     */
    public record ResourceLimit(String name, long soft, long hard) {}
}
