package io.buildkit4j.buildd.config;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.NearestWord;
import io.buildkit4j.image.Platform;
import io.buildkit4j.store.Snapshotter;
import io.buildkit4j.wire.TlsFiles;
import io.buildkit4j.worker.Entitlement;
import io.buildkit4j.worker.WorkerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/**
 * Reads {@code buildkitd.toml}. Whatever is not understood is an error that names the line: a key that is silently passed
 * over is a setting that silently does not hold.
 */
public final class ConfigurationFile {
    private final Path file;
    private final TomlParseResult toml;
    /** Every value by its path, after it was checked. */
    private final Map<List<String>, Object> values = new LinkedHashMap<>();

    private ConfigurationFile(Path file, TomlParseResult toml) {
        this.file = file;
        this.toml = toml;
    }

    /**
     * Reads the file over the default.
     *
     * @throws DaemonFault INVALID_ARGUMENT naming file, line and remedy; NOT_FOUND when there is no such file
     */
    public static Configuration read(Path file) {
        TomlParseResult toml;
        try {
            toml = Toml.parse(Files.readString(file));
        } catch (NoSuchFileException absent) {
            throw new DaemonFault(Kind.NOT_FOUND, "configuration file does not exist: " + file, absent);
        } catch (IOException unreadable) {
            throw new DaemonFault(
                    Kind.INVALID_ARGUMENT,
                    "cannot read configuration file " + file + ": " + unreadable.getMessage(),
                    unreadable);
        }
        if (toml.hasErrors()) {
            TomlParseError first = toml.errors().getFirst();
            throw new DaemonFault(
                    Kind.INVALID_ARGUMENT, file + ":" + first.position().line() + ": " + first.getMessage());
        }
        ConfigurationFile reading = new ConfigurationFile(file, toml);
        reading.check(List.of(), toml);
        return reading.configuration();
    }

    private void check(List<String> path, TomlTable table) {
        for (String name : table.keySet()) {
            List<String> below = new ArrayList<>(path);
            below.add(name);
            Object value = Optional.ofNullable(table.get(List.of(name))).orElse("");
            Schema.Key key = Schema.find(below);
            if (key != null) {
                values.put(below, checked(below, key, value));
            } else if (!Schema.isTable(below)) {
                throw unknown(path, name);
            } else if (value instanceof TomlTable inner) {
                check(below, inner);
            } else {
                throw wrong(below, "is a table, not a value");
            }
        }
    }

    private Object checked(List<String> path, Schema.Key key, Object value) {
        boolean right = switch (key.type()) {
            case TEXT -> value instanceof String;
            case SWITCH -> value instanceof Boolean;
            case NUMBER -> value instanceof Long number && number >= 0 && number <= Integer.MAX_VALUE;
            case TEXTS -> value instanceof TomlArray array && allTexts(array);
            case SPACE ->
                (value instanceof Long || value instanceof String)
                        && Amount.parse(value.toString()).isPresent();
            case POLICIES, PAIRS -> value instanceof TomlArray;
            case REFUSED ->
                throw wrong(path, "is a setting of the original that this daemon does not support; remove it");
        };
        if (!right) {
            throw wrong(path, "must be " + key.type().description());
        }
        if (key.type() == Schema.Type.POLICIES && value instanceof TomlArray array) {
            return understood(path, () -> Policies.parse(array));
        }
        if (key.type() == Schema.Type.PAIRS && value instanceof TomlArray array) {
            return understood(path, () -> RegistrySettings.pairs(array));
        }
        return value instanceof TomlArray array
                ? array.toList().stream().map(String.class::cast).toList()
                : value;
    }

    private Object understood(List<String> path, Supplier<Object> parse) {
        try {
            return parse.get();
        } catch (DaemonFault bad) {
            throw wrong(path, bad.getMessage());
        }
    }

    @SuppressWarnings("unchecked") // checked() put rules there and nothing else
    private Storage storage(List<String> own) {
        Optional<Amount> reserved = amount(below(own, "reservedSpace"));
        return new Storage(
                on(below(own, "gc"), true),
                reserved.isPresent() ? reserved : amount(below(own, "gckeepstorage")),
                amount(below(own, "maxUsedSpace")),
                amount(below(own, "minFreeSpace")),
                Optional.ofNullable((List<Storage.Rule>) values.get(below(own, "gcpolicy"))));
    }

    private Optional<Amount> amount(List<String> path) {
        return Optional.ofNullable(values.get(path)).flatMap(value -> Amount.parse(value.toString()));
    }

    private static boolean allTexts(TomlArray array) {
        return array.toList().stream().allMatch(String.class::isInstance);
    }

    private DaemonFault unknown(List<String> path, String name) {
        List<String> whole = new ArrayList<>(path);
        whole.add(name);
        String hint = NearestWord.to(name, Schema.namesBelow(path))
                .map(nearest -> "; did you mean " + dotted(path, nearest) + "?")
                .orElse("");
        return wrong(whole, "is not a known key" + hint);
    }

    private static String dotted(List<String> path, String name) {
        return path.isEmpty() ? name : String.join(".", path) + "." + name;
    }

    private DaemonFault wrong(List<String> path, String what) {
        var position = toml.inputPositionOf(path);
        String line = position == null ? "" : ":" + position.line();
        return new DaemonFault(Kind.INVALID_ARGUMENT, file + line + ": " + String.join(".", path) + " " + what);
    }

    private Configuration configuration() {
        return new Configuration(
                text("root").map(Path::of).orElse(Configuration.ROOT),
                on(List.of("debug"), false),
                texts(List.of("grpc", "address")).orElse(List.of(Configuration.ADDRESS)),
                worker("oci", true),
                containerd(),
                new RegistrySettings(values).hosts(),
                entitlements(),
                certificates());
    }

    private Optional<TlsFiles> certificates() {
        Optional<Path> certificate = text("grpc", "tls", "cert").map(Path::of);
        Optional<Path> key = text("grpc", "tls", "key").map(Path::of);
        Optional<Path> authorities = text("grpc", "tls", "ca").map(Path::of);
        if (certificate.isEmpty() && key.isEmpty() && authorities.isEmpty()) {
            return Optional.empty();
        }
        if (certificate.isEmpty() || key.isEmpty()) {
            throw wrong(List.of("grpc", "tls"), "needs both cert and key");
        }
        return Optional.of(new TlsFiles(authorities, certificate, key, ""));
    }

    private Set<Entitlement> entitlements() {
        List<String> path = List.of("insecure-entitlements");
        Set<Entitlement> allowed = EnumSet.noneOf(Entitlement.class);
        for (String name : texts(path).orElse(List.of())) {
            allowed.add(Entitlement.find(name).orElseThrow(() -> wrong(path, "holds no entitlement: " + name)));
        }
        return allowed;
    }

    private ContainerdWorker containerd() {
        ContainerdWorker usual = ContainerdWorker.DEFAULT;
        Configuration.Worker common = worker("containerd", false);
        return new ContainerdWorker(
                common.enabled() ? ContainerdWorker.Use.TRUE : ContainerdWorker.Use.FALSE,
                text("worker", "containerd", "address").orElse(usual.socket()),
                text("worker", "containerd", "namespace").orElse(usual.namespace()),
                text("worker", "containerd", "snapshotter").orElse(usual.snapshotter()),
                text("worker", "containerd", "runtime", "name"),
                common);
    }

    private Configuration.Worker worker(String kind, boolean usually) {
        boolean oci = kind.equals("oci");
        List<String> own = List.of("worker", kind);
        Map<String, String> labels = new HashMap<>();
        values.forEach((path, value) -> {
            if (path.size() == 4 && path.subList(0, 3).equals(List.of("worker", kind, "labels"))) {
                labels.put(path.getLast(), (String) value);
            }
        });
        List<Platform> platforms = new ArrayList<>();
        for (String platform : texts(below(own, "platforms")).orElse(List.of())) {
            try {
                platforms.add(Platform.parse(platform));
            } catch (Fault bad) {
                throw wrong(below(own, "platforms"), "holds no platform: " + bad.getMessage());
            }
        }
        long parallelism = values.get(below(own, "max-parallelism")) instanceof Long number ? number : 0;
        return new Configuration.Worker(
                on(below(own, "enabled"), usually),
                text("worker", kind, "binary"),
                platforms,
                labels,
                Math.toIntExact(parallelism),
                storage(own),
                oci ? snapshotter(below(own, "snapshotter")) : Snapshotter.AUTO,
                oci ? new WorkerKeys(values, this::wrong).settings() : WorkerSettings.DEFAULT);
    }

    private Snapshotter snapshotter(List<String> path) {
        try {
            return Snapshotter.of(
                    values.getOrDefault(path, Snapshotter.AUTO.word()).toString());
        } catch (Fault unknown) {
            throw wrong(path, "is wrong: " + unknown.getMessage());
        }
    }

    private static List<String> below(List<String> path, String name) {
        List<String> below = new ArrayList<>(path);
        below.add(name);
        return below;
    }

    private Optional<String> text(String... path) {
        return Optional.ofNullable((String) values.get(List.of(path)));
    }

    private boolean on(List<String> path, boolean otherwise) {
        return values.get(path) instanceof Boolean given ? given : otherwise;
    }

    @SuppressWarnings("unchecked") // checked() put lists of texts there and nothing else
    private Optional<List<String>> texts(List<String> path) {
        return Optional.ofNullable((List<String>) values.get(path));
    }
}
