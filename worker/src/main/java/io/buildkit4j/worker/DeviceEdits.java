package io.buildkit4j.worker;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a device changes about a process, as the Container Device Interface's specification calls its container edits.
 *
 * @param environment each {@code NAME=value}
 * @param groups that the process is in besides its own
 */
public record DeviceEdits(
        List<String> environment, List<Node> nodes, List<ProcessMount> mounts, List<Hook> hooks, List<Integer> groups) {
    /** Nothing. */
    public static final DeviceEdits NONE = new DeviceEdits(List.of(), List.of(), List.of(), List.of(), List.of());

    /** Lists are copied. */
    public DeviceEdits {
        environment = List.copyOf(environment);
        nodes = List.copyOf(nodes);
        mounts = List.copyOf(mounts);
        hooks = List.copyOf(hooks);
        groups = List.copyOf(groups);
    }

    /**
     * A device's file.
     *
     * @param type {@code b} or {@code c}, or {@code p} for a fifo
     * @param mode permission bits
     * @param access what may be done to it: some of {@code rwm}
     */
    public record Node(
            String path, String type, long major, long minor, OptionalInt mode, String access, Optional<Owner> owner) {}

    /** Whose a device's file is. */
    public record Owner(int uid, int gid) {}

    /**
     * A program of the machine that the runtime calls.
     *
     * @param moment as the runtime specification names it, such as {@code createRuntime}
     * @param timeout in seconds
     */
    public record Hook(
            String moment, String path, List<String> arguments, List<String> environment, OptionalInt timeout) {
        /** Lists are copied. */
        public Hook {
            arguments = List.copyOf(arguments);
            environment = List.copyOf(environment);
        }
    }
}
