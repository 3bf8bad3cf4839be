package io.buildkit4j.buildd.config;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.worker.WorkerSettings;
import io.buildkit4j.worker.WorkerSettings.Network;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keys that hold for all that a worker runs.
 *
 * @param values by path, checked for their types
 * @param wrong the fault that names a path's place in the file, and what is wrong there
 */
record WorkerKeys(Map<List<String>, Object> values, BiFunction<List<String>, String, DaemonFault> wrong) {
    /** How many networks are kept ready unless said otherwise. */
    private static final int POOL = 8;

    private static final Pattern SUBNET =
            Pattern.compile("([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})/([0-9]{1,2})");

    WorkerSettings settings() {
        return new WorkerSettings(
                network(),
                text("defaultCgroupParent", ""),
                number("pidsLimit", WorkerSettings.MOST_PROCESSES),
                new WorkerSettings.Names(
                        texts("dns", "nameservers"), texts("dns", "options"), texts("dns", "searchDomains")),
                Boolean.TRUE.equals(values.get(List.of("sources", "denyPrivateAddresses"))),
                devices());
    }

    /** {@code auto} is a network of plug-ins where one is configured, else the machine's own, as in the original. */
    private Network network() {
        String mode = text("networkMode", "auto");
        Path configuration = Path.of(text("cniConfigPath", "/etc/buildkit/cni.json"));
        return switch (mode) {
            case "auto" -> Files.exists(configuration) ? plugIns(configuration) : new Network.Host();
            case "cni" -> plugIns(configuration);
            case "host" -> new Network.Host();
            case "none" -> new Network.None();
            case "bridge" -> bridge();
            default -> throw wrong.apply(key("networkMode"), "must be auto, host, none, bridge or cni, not " + mode);
        };
    }

    private Network plugIns(Path configuration) {
        return new Network.PlugIns(
                configuration, Path.of(text("cniBinaryPath", "/opt/cni/bin")), number("cniPoolSize", POOL));
    }

    private Network bridge() {
        String name = text("bridgeName", "buildkit0");
        if (!name.matches("[A-Za-z0-9_.-]{1,15}")) {
            throw wrong.apply(key("bridgeName"), "is no name of an interface: 1 to 15 letters, digits, _ . -");
        }
        String subnet = text("bridgeSubnet", "10.10.0.0/16");
        Matcher parts = SUBNET.matcher(subnet);
        int base = 0;
        int prefix = parts.matches() ? Integer.parseInt(parts.group(5)) : 0;
        for (int i = 1; prefix > 0 && i <= 4; i++) {
            int part = Integer.parseInt(parts.group(i));
            base = base << 8 | part;
            prefix = part > 255 ? 0 : prefix;
        }
        if (prefix < 8 || prefix > 24 || base << prefix != 0) {
            throw wrong.apply(
                    key("bridgeSubnet"), "must be a subnet of 8 to 24 bits such as 10.10.0.0/16, not " + subnet);
        }
        return new Network.Bridge(name, base, prefix, number("cniPoolSize", POOL));
    }

    private WorkerSettings.Devices devices() {
        if (Boolean.TRUE.equals(values.get(List.of("cdi", "disabled")))) {
            return WorkerSettings.Devices.NONE;
        }
        List<Path> directories = texts("cdi", "specDirs").stream().map(Path::of).toList();
        return new WorkerSettings.Devices(
                directories.isEmpty() ? WorkerSettings.Devices.USUAL.directories() : directories,
                texts("cdi", "autoAllowed"));
    }

    private static List<String> key(String name) {
        return List.of("worker", "oci", name);
    }

    private String text(String name, String otherwise) {
        return values.getOrDefault(key(name), otherwise).toString();
    }

    private int number(String name, int otherwise) {
        return values.get(key(name)) instanceof Long number ? Math.toIntExact(number) : otherwise;
    }

    private List<String> texts(String table, String name) {
        return values.get(List.of(table, name)) instanceof List<?> given
                ? given.stream().map(String.class::cast).toList()
                : List.of();
    }
}
