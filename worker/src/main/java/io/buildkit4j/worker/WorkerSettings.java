package io.buildkit4j.worker;

import java.nio.file.Path;
import java.util.List;

/**
 * What the operator of a worker decides for all that runs on it.
 *
 * @param network that processes see which ask for none in particular
 * @param cgroupParent the control group that those of processes are made in which name none; empty for the top
 * @param mostProcesses of one step at once; 0 for no limit
 * @param names where names are looked up
 * @param denyPrivateAddresses sources must not lie in the daemon's own network
 * @param devices that steps may ask for
 */
public record WorkerSettings(
        Network network,
        String cgroupParent,
        int mostProcesses,
        Names names,
        boolean denyPrivateAddresses,
        Devices devices) {
    /** With the usual devices. */
    public WorkerSettings(
            Network network, String cgroupParent, int mostProcesses, Names names, boolean denyPrivateAddresses) {
        this(network, cgroupParent, mostProcesses, names, denyPrivateAddresses, Devices.USUAL);
    }

    /** More than any build needs, and less than what fills a machine. */
    public static final int MOST_PROCESSES = 16_384;

    /** What holds when nothing is said. */
    public static final WorkerSettings DEFAULT =
            new WorkerSettings(new Network.Host(), "", MOST_PROCESSES, Names.HOST, false);

    /**
     * Where devices are described by the Container Device Interface.
     *
     * @param directories later ones count more; none where devices are switched off
     * @param autoAllowed devices and kinds of them that a build may have without asking for the entitlement
     */
    public record Devices(List<Path> directories, List<String> autoAllowed) {
        /** Those of the specification, and nothing allowed. */
        public static final Devices USUAL = new Devices(
                List.of(Path.of("/etc/cdi"), Path.of("/var/run/cdi"), Path.of("/etc/buildkit/cdi")), List.of());

        /** None at all. */
        public static final Devices NONE = new Devices(List.of(), List.of());

        /** Lists are copied. */
        public Devices {
            directories = List.copyOf(directories);
            autoAllowed = List.copyOf(autoAllowed);
        }
    }

    /** Which network a process sees. */
    public sealed interface Network {
        /** The machine's own. */
        record Host() implements Network {}

        /** A loopback device only. */
        record None() implements Network {}

        /**
         * One of its own, behind a bridge and the machine's address.
         *
         * @param name of the bridge, 15 characters at most
         * @param base the subnet's first address as a number
         * @param prefix how many bits of an address are the subnet's
         * @param pool how many are kept ready
         */
        record Bridge(String name, int base, int prefix, int pool) implements Network {
            /** An address by its place in the subnet, in decimal. */
            public String address(int place) {
                int address = base + place;
                return (address >>> 24) + "." + (address >>> 16 & 255) + "." + (address >>> 8 & 255) + "."
                        + (address & 255);
            }
        }

        /**
         * One that programs by the container network interface's specification connect.
         *
         * @param configuration a file with a network or a list of plug-ins
         * @param binaries where the plug-ins lie
         * @param pool how many are kept ready
         */
        record PlugIns(Path configuration, Path binaries, int pool) implements Network {}
    }

    /**
     * What resolv.conf says (resolv.conf(5)); what is empty is taken from the machine's.
     *
     * @param servers addresses
     */
    public record Names(List<String> servers, List<String> options, List<String> domains) {
        /** All from the machine's. */
        public static final Names HOST = new Names(List.of(), List.of(), List.of());

        /** Lists are copied. */
        public Names {
            servers = List.copyOf(servers);
            options = List.copyOf(options);
            domains = List.copyOf(domains);
        }
    }
}
