package io.buildkit4j.buildd.config;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.NearestWord;
import io.buildkit4j.store.Snapshotter;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.wire.TlsFiles;
import io.buildkit4j.worker.Entitlement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The flags of {@code buildd}, declared once: parsing and help come from the same table. Written by hand because a general
 * parser costs more than the rest of a daemon's start.
 */
public final class CommandLine {
    /** One flag; a switch when it has no value. */
    record Flag(String name, String value, String help) {}

    private static final String ROOT = "root";
    private static final String ADDRESS = "addr";
    private static final String DEBUG = "debug";
    private static final String CONFIG = "config";
    private static final String BINARY = "oci-worker-binary";
    private static final String SNAPSHOTTER = "oci-worker-snapshotter";
    private static final String PARALLELISM = "oci-max-parallelism";
    private static final String ENTITLEMENT = "allow-insecure-entitlement";
    private static final String CERTIFICATE = "tlscert";
    private static final String KEY = "tlskey";
    private static final String AUTHORITIES = "tlscacert";
    private static final String SILENCE = "frontend-silence";
    private static final String DRAIN = "drain";
    private static final String GC = "oci-worker-gc";
    private static final String VERSION = "version";
    private static final String HELP = "help";

    private static final List<Flag> OWN = List.of(
            new Flag(ROOT, "DIR", "where state is kept (default " + Configuration.ROOT + ")"),
            new Flag(
                    ADDRESS,
                    "ADDRESS",
                    "listen on unix://PATH or tcp://HOST:PORT; repeatable (default " + Configuration.ADDRESS + ")"),
            new Flag(DEBUG, "", "log details"),
            new Flag(CONFIG, "FILE", "configuration file (default /etc/buildkit/buildkitd.toml where it exists)"),
            new Flag(BINARY, "RUNTIME", "OCI runtime to run steps with (default runc)"),
            new Flag(
                    SNAPSHOTTER,
                    "KIND",
                    "how file systems of steps are made: auto, overlayfs, or native, which copies (default auto)"),
            new Flag(PARALLELISM, "NUMBER", "how many steps may run at once (default no limit)"),
            new Flag(
                    ENTITLEMENT,
                    "NAME",
                    "what builds may ask for beyond the ordinary: network.host, security.insecure, device; repeatable"),
            new Flag(CERTIFICATE, "FILE", "certificate that TCP clients are shown, in PEM; they must speak TLS then"),
            new Flag(KEY, "FILE", "its key, in PEM"),
            new Flag(AUTHORITIES, "FILE", "authority that TCP clients' certificates must come from, in PEM"),
            new Flag(DRAIN, "SECONDS", "how long running builds may go on after SIGTERM (default 10)"),
            new Flag(
                    SILENCE,
                    "SECONDS",
                    "how long a frontend in a container may take to say its first word (default 60)"),
            new Flag(GC, "", "remove what was not used for long, and stay below maxUsedSpace (default true)"),
            new Flag(VERSION, "", "print the version"),
            new Flag(HELP, "", "print this help"));

    private static final List<Flag> FLAGS =
            Stream.concat(OWN.stream(), WorkerFlags.FLAGS.stream()).toList();

    private final Map<String, List<String>> given = new HashMap<>();

    private CommandLine() {}

    /**
     * Reads the words of the command line.
     *
     * @throws DaemonFault INVALID_ARGUMENT for anything that is not a declared flag with its value
     */
    public static CommandLine parse(List<String> words) {
        CommandLine line = new CommandLine();
        int at = 0;
        while (at < words.size()) {
            at = line.take(words, at);
        }
        return line;
    }

    private int take(List<String> words, int at) {
        String word = words.get(at);
        if (!word.startsWith("-") || word.length() < 2) {
            throw wrong("buildd takes no arguments, only flags: " + word);
        }
        int equals = word.indexOf('=');
        String name = word.substring(word.startsWith("--") ? 2 : 1, equals < 0 ? word.length() : equals);
        Flag flag = FLAGS.stream()
                .filter(known -> known.name().equals(name)
                        || (name.equals("h") && known.name().equals(HELP)))
                .findFirst()
                .orElseThrow(() -> unknown(word, name));
        List<String> values = given.computeIfAbsent(flag.name(), absent -> new ArrayList<>());
        if (flag.value().isEmpty()) {
            String value = equals < 0 ? "true" : word.substring(equals + 1);
            if (!value.equals("true") && !value.equals("false")) {
                throw wrong("--" + flag.name() + " is a switch: it takes true or false, not " + value);
            }
            values.add(value);
            return at + 1;
        }
        if (equals < 0 && at + 1 == words.size()) {
            throw wrong("--" + flag.name() + " needs a value: --" + flag.name() + " " + flag.value());
        }
        values.add(equals < 0 ? words.get(at + 1) : word.substring(equals + 1));
        return at + (equals < 0 ? 2 : 1);
    }

    private static DaemonFault unknown(String word, String name) {
        String hint = NearestWord.to(name, FLAGS.stream().map(Flag::name).toList())
                .map(nearest -> "; did you mean --" + nearest + "?")
                .orElse("");
        return wrong("unknown flag: " + word + hint);
    }

    private static DaemonFault wrong(String message) {
        return new DaemonFault(Kind.INVALID_ARGUMENT, message);
    }

    /** Whether only the help is wanted. */
    public boolean wantsHelp() {
        return on(HELP);
    }

    /** Whether only the version is wanted. */
    public boolean wantsVersion() {
        return on(VERSION);
    }

    /** The help text. */
    public static String help() {
        StringBuilder text = new StringBuilder("Usage: buildd [FLAG...]\n\nThe build daemon.\n\nFlags:\n");
        for (Flag flag : FLAGS) {
            String left = "  --" + flag.name() + (flag.value().isEmpty() ? "" : " " + flag.value());
            text.append(left)
                    .append(" ".repeat(Math.max(2, 32 - left.length())))
                    .append(flag.help())
                    .append('\n');
        }
        return text.toString();
    }

    /** How long running builds may go on when the daemon is told to stop. */
    public Duration drain() {
        return Duration.ofSeconds(last(DRAIN).map(text -> count(DRAIN, text)).orElse(10));
    }

    /** The configuration file that is asked for. */
    public Optional<Path> configurationFile() {
        return last(CONFIG).map(Path::of);
    }

    /** The configuration with what the flags say in its place. */
    public Configuration over(Configuration file) {
        Configuration.Worker worker = file.worker();
        WorkerFlags flags = new WorkerFlags(given);
        return new Configuration(
                Path.of(last(ROOT).orElse(file.root().toString()))
                        .toAbsolutePath()
                        .normalize(),
                on(DEBUG) || file.debug(),
                given.containsKey(ADDRESS) ? given.get(ADDRESS) : file.addresses(),
                new Configuration.Worker(
                        flags.runtime(worker.enabled()),
                        last(BINARY).or(worker::binary),
                        flags.platforms(worker.platforms()),
                        flags.labels(worker.labels()),
                        last(PARALLELISM).map(text -> count(PARALLELISM, text)).orElse(worker.parallelism()),
                        worker.storage()
                                .collecting(last(GC).map("true"::equals)
                                        .orElse(worker.storage().collects())),
                        last(SNAPSHOTTER).map(CommandLine::snapshotter).orElse(worker.snapshotter()),
                        flags.settings(worker.settings())),
                flags.over(file.containerd()),
                file.registries(),
                given.containsKey(ENTITLEMENT)
                        ? given.get(ENTITLEMENT).stream()
                                .flatMap(names -> Stream.of(names.split(",", -1)))
                                .map(CommandLine::entitlement)
                                .collect(Collectors.toUnmodifiableSet())
                        : file.entitlements(),
                certificates().or(file::certificates),
                last(SILENCE)
                        .map(text -> Duration.ofSeconds(count(SILENCE, text)))
                        .orElse(file.frontendSilence()));
    }

    private static Snapshotter snapshotter(String word) {
        try {
            return Snapshotter.of(word);
        } catch (StoreFault unknown) {
            throw wrong("--" + SNAPSHOTTER + ": " + unknown.getMessage());
        }
    }

    private Optional<TlsFiles> certificates() {
        Optional<Path> certificate = last(CERTIFICATE).map(Path::of);
        Optional<Path> key = last(KEY).map(Path::of);
        Optional<Path> authorities = last(AUTHORITIES).map(Path::of);
        if (certificate.isEmpty() && key.isEmpty() && authorities.isEmpty()) {
            return Optional.empty();
        }
        if (certificate.isEmpty() || key.isEmpty()) {
            throw wrong("TLS needs --" + CERTIFICATE + " and --" + KEY);
        }
        return Optional.of(new TlsFiles(authorities, certificate, key, ""));
    }

    private static Entitlement entitlement(String name) {
        return Entitlement.find(name)
                .orElseThrow(() -> wrong("--" + ENTITLEMENT + ": invalid entitlement: " + name
                        + "; there are network.host, security.insecure and device"));
    }

    private static int count(String flag, String text) {
        try {
            int count = Integer.parseInt(text);
            if (count >= 0) {
                return count;
            }
        } catch (NumberFormatException ignored) {
            // said below
        }
        throw wrong("--" + flag + " takes a whole number of at least 0, not " + text);
    }

    private boolean on(String name) {
        return last(name).orElse("false").equals("true");
    }

    private Optional<String> last(String name) {
        List<String> values = given.getOrDefault(name, List.of());
        return values.isEmpty() ? Optional.empty() : Optional.of(values.getLast());
    }
}
