package io.buildkit4j.worker.network;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.worker.WorkerFault;
import io.buildkit4j.worker.WorkerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A bridge with the first address of its subnet, and behind it namespaces with one address each, which the machine
 * translates to its own. Steps do not reach each other: their ports of the bridge are isolated. Daemons share a bridge by
 * its name, each with 250 addresses of its own.
 */
final class BridgeWiring implements Wiring {
    private static final int ADDRESSES = 250;
    private static final Path FORWARD = Path.of("/proc/sys/net/ipv4/ip_forward");

    private final WorkerSettings.Network.Bridge settings;
    private final Turf turf;

    private BridgeWiring(WorkerSettings.Network.Bridge settings, Turf turf) {
        this.settings = settings;
        this.turf = turf;
    }

    static BridgeWiring open(WorkerSettings.Network.Bridge settings) {
        int blocks = Math.max(1, (1 << Math.max(0, 32 - settings.prefix())) / 256);
        BridgeWiring wiring = new BridgeWiring(settings, Turf.take(settings.name(), blocks));
        boolean complete = false;
        try {
            Namespaces.named(wiring.prefix()).forEach(Namespaces::remove);
            wiring.raise();
            complete = true;
            return wiring;
        } finally {
            if (!complete) {
                wiring.turf.close();
            }
        }
    }

    /** Makes the bridge unless another daemon has; every command may be repeated. */
    private void raise() {
        String name = settings.name();
        if (!Files.exists(Path.of("/sys/class/net", name))) {
            Tool.Outcome made = Tool.run(List.of("ip", "link", "add", name, "type", "bridge"), "", Map.of());
            if (!made.succeeded() && !made.output().contains("File exists")) {
                throw new WorkerFault(
                        Kind.FAILED_PRECONDITION,
                        "cannot make network bridge " + name + ": "
                                + made.output().strip());
            }
        }
        Tool.ip(
                List.of(),
                "addr replace " + settings.address(1) + "/" + settings.prefix() + " dev " + name,
                "link set " + name + " up");
        try {
            Files.writeString(FORWARD, "1");
        } catch (IOException failed) {
            throw new WorkerFault(
                    Kind.FAILED_PRECONDITION,
                    "cannot let the machine forward packets: " + FORWARD + ": " + failed.getMessage(),
                    failed);
        }
        translate();
    }

    /** A table of its own: replaced as a whole, and no rule of somebody else is touched. */
    private void translate() {
        String table = "buildkit4j_" + settings.name().replaceAll("[^A-Za-z0-9]", "_");
        Tool.must(List.of("nft", "-f", "-"), """
                table ip %1$s
                delete table ip %1$s
                table ip %1$s {
                  chain leave {
                    type nat hook postrouting priority 100; policy accept;
                    ip saddr %2$s/%3$d oifname != "%4$s" masquerade
                  }
                }
                """.formatted(
                        table, settings.address(0), settings.prefix(), settings.name()));
    }

    private String prefix() {
        return settings.name() + "-" + turf.number() + "-";
    }

    /** Interface names have 15 characters at most. */
    private String port(int number) {
        return "bk" + Integer.toHexString(settings.name().hashCode() & 0xffff) + "-" + turf.number() + "-" + number;
    }

    @Override
    public String connect(int number) {
        String name = prefix() + number;
        Tool.ip(
                List.of(),
                "netns add " + name,
                "link add " + port(number) + " type veth peer name eth0 netns " + name,
                "link set " + port(number) + " master " + settings.name() + " up",
                "link set " + port(number) + " type bridge_slave isolated on");
        Tool.ip(
                List.of("-n", name),
                "addr add " + settings.address(turf.number() * 256 + 2 + number) + "/" + settings.prefix()
                        + " dev eth0",
                "link set eth0 up",
                "link set lo up",
                "route add default via " + settings.address(1));
        return name;
    }

    /** Its device goes with it. */
    @Override
    public void disconnect(int number) {
        Namespaces.remove(prefix() + number);
    }

    @Override
    public int capacity() {
        return ADDRESSES;
    }

    /** The bridge and its table stay: another daemon may use them, and they cost nothing. */
    @Override
    public void close() {
        Namespaces.named(prefix()).forEach(Namespaces::remove);
        turf.close();
    }
}
