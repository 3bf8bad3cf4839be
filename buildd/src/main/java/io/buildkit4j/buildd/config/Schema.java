package io.buildkit4j.buildd.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The keys of {@code buildkitd.toml}. {@code *} stands for any one name. Keys that the original has and this daemon does not
 * do are known too, so that a file written for the original is refused with the true reason.
 */
final class Schema {
    /** What a key's value must be, or that it is not done here. */
    enum Type {
        TEXT("a text"),
        SWITCH("true or false"),
        NUMBER("a whole number of at least 0"),
        TEXTS("a list of texts"),
        SPACE("bytes, or such as \"10GB\" or \"20%\""),
        PAIRS("a list of tables, each of the files key and cert"),
        POLICIES("a list of tables: [[worker.oci.gcpolicy]]"),
        REFUSED("");

        private final String description;

        Type(String description) {
            this.description = description;
        }

        String description() {
            return description;
        }
    }

    /** One key; everything below a refused key is refused with it. */
    record Key(List<String> path, Type type) {
        private static Key of(String path, Type type) {
            return new Key(List.of(path.split("\\.", -1)), type);
        }

        private boolean covers(List<String> given) {
            if (type == Type.REFUSED ? given.size() < path.size() : given.size() != path.size()) {
                return false;
            }
            return startsLike(given, path.size());
        }

        private boolean startsLike(List<String> given, int length) {
            for (int i = 0; i < length; i++) {
                if (!path.get(i).equals("*") && !path.get(i).equals(given.get(i))) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final String REFUSED = """
            trace provenanceEnvDir proxyNetwork log history otel system frontend cache
            grpc.debugAddress grpc.uid grpc.gid grpc.securityDescriptor
            worker.oci.rootless worker.oci.noProcessSandbox
            worker.oci.apparmor-profile worker.oci.selinux worker.oci.proxySnapshotterPath
            worker.oci.stargzSnapshotter worker.oci.userRemapUnsupported
            worker.containerd.runtime.path worker.containerd.runtime.options worker.containerd.networkMode
            worker.containerd.cniConfigPath worker.containerd.cniBinaryPath worker.containerd.cniPoolSize
            worker.containerd.bridgeName worker.containerd.bridgeSubnet worker.containerd.defaultCgroupParent
            worker.containerd.apparmor-profile worker.containerd.selinux worker.containerd.rootless
            """;

    private static final List<Key> KEYS = keys();

    private Schema() {}

    private static List<Key> keys() {
        List<Key> keys = new ArrayList<>();
        keys.add(Key.of("root", Type.TEXT));
        keys.add(Key.of("debug", Type.SWITCH));
        keys.add(Key.of("insecure-entitlements", Type.TEXTS));
        keys.add(Key.of("grpc.address", Type.TEXTS));
        keys.add(Key.of("grpc.tls.cert", Type.TEXT));
        keys.add(Key.of("grpc.tls.key", Type.TEXT));
        keys.add(Key.of("grpc.tls.ca", Type.TEXT));
        keys.add(Key.of("worker.oci.binary", Type.TEXT));
        for (String text : List.of(
                "networkMode", "bridgeName", "bridgeSubnet", "cniConfigPath", "cniBinaryPath", "defaultCgroupParent")) {
            keys.add(Key.of("worker.oci." + text, Type.TEXT));
        }
        keys.add(Key.of("worker.oci.cniPoolSize", Type.NUMBER));
        keys.add(Key.of("worker.oci.pidsLimit", Type.NUMBER));
        for (String list : List.of("nameservers", "options", "searchDomains")) {
            keys.add(Key.of("dns." + list, Type.TEXTS));
        }
        keys.add(Key.of("sources.denyPrivateAddresses", Type.SWITCH));
        keys.add(Key.of("cdi.disabled", Type.SWITCH));
        keys.add(Key.of("cdi.specDirs", Type.TEXTS));
        keys.add(Key.of("cdi.autoAllowed", Type.TEXTS));
        for (String worker : List.of("worker.oci.", "worker.containerd.")) {
            keys.addAll(ofWorker(worker));
        }
        for (String name : List.of("address", "namespace", "runtime.name")) {
            keys.add(Key.of("worker.containerd." + name, Type.TEXT));
        }
        keys.add(Key.of("registry.*.http", Type.SWITCH));
        keys.add(Key.of("registry.*.insecure", Type.SWITCH));
        for (String list : List.of("mirrors", "ca", "tlsconfigdir")) {
            keys.add(Key.of("registry.*." + list, Type.TEXTS));
        }
        keys.add(Key.of("registry.*.keypair", Type.PAIRS));
        for (String path : REFUSED.strip().split("\\s+", -1)) {
            keys.add(Key.of(path, Type.REFUSED));
        }
        return List.copyOf(keys);
    }

    private static List<Key> ofWorker(String worker) {
        List<Key> keys = new ArrayList<>();
        keys.add(Key.of(worker + "enabled", Type.SWITCH));
        keys.add(Key.of(worker + "platforms", Type.TEXTS));
        keys.add(Key.of(worker + "labels.*", Type.TEXT));
        keys.add(Key.of(worker + "max-parallelism", Type.NUMBER));
        keys.add(Key.of(worker + "snapshotter", Type.TEXT));
        keys.add(Key.of(worker + "gc", Type.SWITCH));
        keys.add(Key.of(worker + "gcpolicy", Type.POLICIES));
        for (String space : List.of("reservedSpace", "maxUsedSpace", "minFreeSpace", "gckeepstorage")) {
            keys.add(Key.of(worker + space, Type.SPACE));
        }
        return keys;
    }

    /** The key that a path is, or null when it is none. */
    static @org.jspecify.annotations.Nullable Key find(List<String> path) {
        return KEYS.stream().filter(key -> key.covers(path)).findFirst().orElse(null);
    }

    /** Whether keys lie below the path, so that it must be a table. */
    static boolean isTable(List<String> path) {
        return KEYS.stream().anyMatch(key -> key.path().size() > path.size() && key.startsLike(path, path.size()));
    }

    /** The names that may follow the path, without those that are refused. */
    static Set<String> namesBelow(List<String> path) {
        Set<String> names = new TreeSet<>();
        for (Key key : KEYS) {
            boolean below = key.path().size() > path.size() && key.startsLike(path, path.size());
            if (below
                    && key.type() != Type.REFUSED
                    && !key.path().get(path.size()).equals("*")) {
                names.add(key.path().get(path.size()));
            }
        }
        return names;
    }
}
