package io.buildkit4j.frontend;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.ImageFault;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.ExecMeta.HostAddress;
import io.buildkit4j.llb.ExecMeta.Ulimit;
import io.buildkit4j.llb.Op.NetworkMode;
import io.buildkit4j.llb.OpMetadata.LinuxResources;
import io.buildkit4j.llb.SourceId.ResolveMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Options of the Dockerfile frontend, read from their texts once. Unknown ones are tolerated, as clients send what other
 * frontends understand.
 *
 * @param target stage name or number; empty for the last
 * @param filename of the Dockerfile inside its directory
 * @param platforms wanted; empty for the daemon's own
 * @param noCache absent: use the cache; empty: not at all; else the stages that do without
 * @param contexts named ones, as written
 * @param contextName of the local directory that COPY reads, or an address
 * @param given all of them as they were sent, sorted by name
 */
public record FrontendOptions(
        String target,
        String filename,
        SortedMap<String, String> buildArgs,
        SortedMap<String, String> labels,
        List<Platform> platforms,
        Optional<List<String>> noCache,
        List<HostAddress> extraHosts,
        ResolveMode resolveMode,
        Optional<NetworkMode> network,
        String hostname,
        List<Ulimit> ulimits,
        SortedMap<String, String> contexts,
        String contextName,
        boolean multiPlatform,
        Limits limits,
        List<Given> given) {

    /**
     * What every process is kept to.
     *
     * @param sharedMemory bytes of /dev/shm; 0 for the default
     */
    public record Limits(long sharedMemory, String cgroupParent, Optional<LinuxResources> resources) {}

    /** Whether results are told apart by platform. */
    public boolean multiPlatformResult() {
        return multiPlatform || platforms.size() > 1;
    }

    /** An option as it was sent, for frontends that read it themselves. */
    public record Given(String name, String value) {}

    /** Options that are read by nobody here: all have their defaults, whatever was sent. */
    public static FrontendOptions unread(Map<String, String> texts) {
        return parse(Map.of()).with(given(texts));
    }

    private FrontendOptions with(List<Given> others) {
        return new FrontendOptions(
                target,
                filename,
                buildArgs,
                labels,
                platforms,
                noCache,
                extraHosts,
                resolveMode,
                network,
                hostname,
                ulimits,
                contexts,
                contextName,
                multiPlatform,
                limits,
                List.copyOf(others));
    }

    /** What was sent under this name. */
    public Optional<String> given(String name) {
        return given.stream()
                .filter(option -> option.name().equals(name))
                .map(Given::value)
                .findFirst();
    }

    /** The same, except that this was sent under the name. */
    public FrontendOptions replace(String name, String value) {
        List<Given> others = new ArrayList<>(
                given.stream().filter(option -> !option.name().equals(name)).toList());
        others.add(new Given(name, value));
        return with(others);
    }

    private static List<Given> given(Map<String, String> texts) {
        return new TreeMap<>(texts)
                .entrySet().stream()
                        .map(entry -> new Given(entry.getKey(), entry.getValue()))
                        .toList();
    }

    /**
     * Reads the texts that clients send.
     *
     * @throws FrontendFault INVALID_ARGUMENT naming the option that cannot be read
     */
    public static FrontendOptions parse(Map<String, String> texts) {
        return new FrontendOptions(
                texts.getOrDefault("target", ""),
                texts.getOrDefault("filename", "Dockerfile"),
                prefixed(texts, "build-arg:"),
                prefixed(texts, "label:"),
                platforms(texts.getOrDefault("platform", "")),
                Optional.ofNullable(texts.get("no-cache")).map(FrontendOptions::words),
                OptionTexts.hosts(texts.getOrDefault("add-hosts", "")),
                mode(texts.getOrDefault("image-resolve-mode", "")),
                network(texts.getOrDefault("force-network-mode", "")),
                Optional.of(texts.getOrDefault("build-arg:BUILDKIT_SANDBOX_HOSTNAME", ""))
                        .filter(name -> !name.isEmpty())
                        .orElse(texts.getOrDefault("hostname", "")),
                OptionTexts.ulimits(texts.getOrDefault("ulimit", "")),
                prefixed(texts, "context:"),
                texts.getOrDefault("context", "context"),
                multiPlatform(texts),
                OptionTexts.limits(texts),
                given(texts));
    }

    private static SortedMap<String, String> prefixed(Map<String, String> texts, String prefix) {
        SortedMap<String, String> found = new TreeMap<>();
        texts.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), value);
            }
        });
        return found;
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
    }

    private static List<Platform> platforms(String text) {
        return words(text).stream().map(FrontendOptions::platform).toList();
    }

    private static Platform platform(String text) {
        try {
            return Platform.parse(text);
        } catch (ImageFault wrong) {
            throw new FrontendFault(
                    wrong.kind(), "failed to parse target platform " + text + ": " + wrong.getMessage(), wrong);
        }
    }

    private static boolean multiPlatform(Map<String, String> texts) {
        String argument = texts.getOrDefault("build-arg:BUILDKIT_MULTI_PLATFORM", "");
        String text = argument.isEmpty() ? texts.getOrDefault("multi-platform", "") : argument;
        boolean wanted = !text.isEmpty() && OptionTexts.isTrue("multi-platform", text);
        if (!text.isEmpty() && !wanted && texts.getOrDefault("platform", "").contains(",")) {
            throw new FrontendFault(
                    Kind.INVALID_ARGUMENT, "conflicting config: returning multiple target platforms is not allowed");
        }
        return wanted;
    }

    private static ResolveMode mode(String text) {
        return switch (text) {
            case "", "default" -> ResolveMode.DEFAULT;
            case "pull" -> ResolveMode.PULL;
            case "local" -> ResolveMode.LOCAL;
            default -> throw OptionTexts.bad("image-resolve-mode", text, "default, pull or local");
        };
    }

    private static Optional<NetworkMode> network(String text) {
        return switch (text) {
            case "" -> Optional.empty();
            case "sandbox", "default" -> Optional.of(NetworkMode.DEFAULT);
            case "host" -> Optional.of(NetworkMode.HOST);
            case "none" -> Optional.of(NetworkMode.NONE);
            default -> throw OptionTexts.bad("force-network-mode", text, "sandbox, host or none");
        };
    }
}
