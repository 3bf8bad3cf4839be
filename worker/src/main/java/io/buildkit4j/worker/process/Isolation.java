package io.buildkit4j.worker.process;

import java.util.List;
import java.util.Optional;

/**
 * How far a process is kept apart from the host.
 *
 * @param privileged all capabilities and devices, no system call filter, nothing masked
 * @param cgroupParent the control group that the container's own is made in; empty for the top
 */
public record Isolation(
        Network network,
        boolean privileged,
        String hostname,
        List<HostEntry> extraHosts,
        String cgroupParent,
        Optional<Resources> resources) {
    /** The host name of a process that asked for none. */
    public static final String DEFAULT_HOSTNAME = "buildkitsandbox";

    /** The host's network and the ordinary fences. */
    public static final Isolation DEFAULT =
            new Isolation(Network.HOST, false, DEFAULT_HOSTNAME, List.of(), "", Optional.empty());

    /** Entries are copied. */
    public Isolation {
        extraHosts = List.copyOf(extraHosts);
    }

    /** Which network a process sees. */
    public enum Network {
        /** The host's. */
        HOST,
        /** A loopback device only. */
        NONE
    }

    /** One added line of the hosts file. */
    public record HostEntry(String name, String address) {}

    /** Limits of the control group; 0 and empty for none. Memory in bytes, periods and quotas in microseconds. */
    public record Resources(
            long memory,
            long memorySwap,
            long cpuShares,
            long cpuPeriod,
            long cpuQuota,
            String cpusetCpus,
            String cpusetMemories) {}
}
