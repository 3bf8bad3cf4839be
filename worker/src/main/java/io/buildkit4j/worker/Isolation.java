package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How far a process is kept apart from the host.
 *
 * @param privileged all capabilities and devices, no system call filter, nothing masked
 * @param cgroupParent the control group that the container's own is made in; empty for the top
 * @param bounds what holds for all processes of a worker
 */
public record Isolation(
        Network network,
        boolean privileged,
        String hostname,
        List<HostEntry> extraHosts,
        String cgroupParent,
        Optional<Resources> resources,
        Bounds bounds) {
    /** The host name of a process that asked for none. */
    public static final String DEFAULT_HOSTNAME = "buildkitsandbox";

    /** The host's network and the ordinary fences. */
    public static final Isolation DEFAULT =
            new Isolation(Network.HOST, false, DEFAULT_HOSTNAME, List.of(), "", Optional.empty());

    /** Within the usual bounds. */
    // departs from ParameterNumber: the record's own components but the last
    public Isolation(
            Network network,
            boolean privileged,
            String hostname,
            List<HostEntry> extraHosts,
            String cgroupParent,
            Optional<Resources> resources) {
        this(network, privileged, hostname, extraHosts, cgroupParent, resources, Bounds.USUAL);
    }

    /** Entries are copied. */
    public Isolation {
        extraHosts = List.copyOf(extraHosts);
    }

    /** Which network a process sees. */
    public sealed interface Network {
        /** The host's. */
        Network HOST = new Host();

        /** A loopback device only. */
        Network NONE = new None();

        /** The host's. */
        record Host() implements Network {}

        /** A new one with a loopback device only. */
        record None() implements Network {}

        /** One that was made before, by the file that names it. */
        record Inside(Path namespace) implements Network {}
    }

    /** One added line of the hosts file. */
    public record HostEntry(String name, String address) {
        /** Refuses what would be more than one entry. */
        public HostEntry {
            if ((name + address).chars().anyMatch(c -> c <= ' ' || c == '#') || name.isEmpty() || address.isEmpty()) {
                throw new WorkerFault(
                        Kind.INVALID_ARGUMENT,
                        "not an entry of a hosts file: \"" + name + "\" at \"" + address
                                + "\": name and address must have neither blanks nor #");
            }
        }
    }

    /**
     * What the operator of a worker decides.
     *
     * @param mostProcesses at once, 0 for no limit
     */
    public record Bounds(int mostProcesses, WorkerSettings.Names names) {
        /** Those of a worker without settings. */
        public static final Bounds USUAL = new Bounds(WorkerSettings.MOST_PROCESSES, WorkerSettings.Names.HOST);
    }

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
