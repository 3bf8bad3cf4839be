package io.buildkit4j.buildd.config;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.RegistryHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** The tables {@code [registry."HOST"]}, whose values were checked. */
final class RegistrySettings {
    private final Map<String, Map<String, Object>> tables = new TreeMap<>();

    /** Takes what concerns registries of all values by path. */
    RegistrySettings(Map<List<String>, Object> values) {
        values.forEach((path, value) -> {
            if (path.size() == 3 && path.getFirst().equals("registry")) {
                tables.computeIfAbsent(path.get(1), host -> new HashMap<>()).put(path.get(2), value);
            }
        });
    }

    /** The pairs of {@code keypair}, as the original writes them: tables of key and cert. */
    static List<RegistryHost.Pair> pairs(TomlArray array) {
        List<RegistryHost.Pair> pairs = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            if (!(array.get(i) instanceof TomlTable table)
                    || !(table.get("key") instanceof String key)
                    || !(table.get("cert") instanceof String certificate)
                    || table.size() != 2) {
                throw new DaemonFault(Kind.INVALID_ARGUMENT, "must be tables, each of the files key and cert");
            }
            pairs.add(new RegistryHost.Pair(Path.of(key), Path.of(certificate)));
        }
        return pairs;
    }

    Map<String, RegistryHost> hosts() {
        Map<String, RegistryHost> hosts = new HashMap<>();
        tables.forEach((host, table) -> hosts.put(host, host(host, table)));
        return hosts;
    }

    private static RegistryHost host(String host, Map<String, Object> table) {
        List<Path> authorities = new ArrayList<>();
        texts(table, "ca").forEach(file -> authorities.add(Path.of(file)));
        List<RegistryHost.Pair> pairs = new ArrayList<>();
        if (table.get("keypair") instanceof List<?> given) {
            given.forEach(pair -> pairs.add((RegistryHost.Pair) pair));
        }
        for (String directory : texts(table, "tlsconfigdir")) {
            collect(Path.of(directory), authorities, pairs);
        }
        boolean encrypted = table.containsKey("insecure") || !authorities.isEmpty() || !pairs.isEmpty();
        boolean http = !encrypted && RegistryHost.usual(host).plainHttp();
        return new RegistryHost(
                table.get("http") instanceof Boolean given ? given : http,
                Boolean.TRUE.equals(table.get("insecure")),
                texts(table, "mirrors"),
                new RegistryHost.Trust(authorities, pairs));
    }

    /** As Docker lays them out: {@code *.crt} are authorities, {@code NAME.cert} with {@code NAME.key} is a pair. */
    private static void collect(Path directory, List<Path> authorities, List<RegistryHost.Pair> pairs) {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".crt")) {
                    authorities.add(file);
                } else if (name.endsWith(".cert")) {
                    pairs.add(new RegistryHost.Pair(file.resolveSibling(name.replaceFirst("cert$", "key")), file));
                }
            }
        } catch (IOException failed) {
            throw new DaemonFault(
                    Kind.INVALID_ARGUMENT,
                    "cannot read directory of certificates " + directory + ": " + failed,
                    failed);
        }
    }

    private static List<String> texts(Map<String, Object> table, String key) {
        return table.get(key) instanceof List<?> given
                ? given.stream().map(String.class::cast).toList()
                : List.of();
    }
}
