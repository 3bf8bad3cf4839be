package io.buildkit4j.image;

import io.buildkit4j.footing.Kind;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a binary runs on, in Go's names. Empty texts where a part is not given.
 *
 * @param os such as {@code linux}
 * @param architecture such as {@code amd64}
 * @param variant such as {@code v7}
 */
public record Platform(String os, String architecture, String variant, String osVersion, List<String> osFeatures) {
    private static final Set<String> SYSTEMS = Set.of(
            "aix",
            "android",
            "darwin",
            "dragonfly",
            "freebsd",
            "illumos",
            "ios",
            "js",
            "linux",
            "netbsd",
            "openbsd",
            "plan9",
            "solaris",
            "wasip1",
            "windows",
            "macos");

    /** Features are copied. */
    public Platform {
        osFeatures = List.copyOf(osFeatures);
    }

    /** Without version and features. */
    public static Platform of(String os, String architecture, String variant) {
        return new Platform(os, architecture, variant, "", List.of());
    }

    /** What this program runs on, as far as the JVM knows: without a variant. */
    public static Platform host() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String system = os.startsWith("mac") ? "darwin" : os.startsWith("windows") ? "windows" : os;
        return of(system, System.getProperty("os.arch"), "").normalized();
    }

    /**
     * Reads {@code os/architecture/variant}, whose last parts may be missing; a single word is a system (on this machine's
     * architecture) or an architecture (of Linux). The result is normalised.
     *
     * @throws ImageFault INVALID_ARGUMENT when it is something else
     */
    public static Platform parse(String text) {
        String[] parts = text.strip().toLowerCase(Locale.ROOT).split("/", -1);
        for (String part : parts) {
            if (parts.length > 3 || !part.matches("[a-z0-9_.()-]+")) {
                throw new ImageFault(
                        Kind.INVALID_ARGUMENT,
                        "not a platform: \"" + text + "\"; it looks like linux/amd64 or linux/arm/v7");
            }
        }
        int bracket = parts[0].indexOf('(');
        boolean versioned = bracket > 0 && parts[0].endsWith(")");
        String os = versioned ? parts[0].substring(0, bracket) : parts[0];
        String version = versioned ? parts[0].substring(bracket + 1, parts[0].length() - 1) : "";
        if (parts.length == 1) {
            return SYSTEMS.contains(os)
                    ? new Platform(os, host().architecture, host().variant, version, List.of()).normalized()
                    : of("linux", os, "").normalized();
        }
        return new Platform(os, parts[1], parts.length > 2 ? parts[2] : "", version, List.of()).normalized();
    }

    /** With the names that indexes use: {@code x86_64} is {@code amd64}, {@code arm64/v8} is {@code arm64}, and so on. */
    public Platform normalized() {
        String system = os.toLowerCase(Locale.ROOT);
        String machine = architecture.toLowerCase(Locale.ROOT);
        String kind = variant.toLowerCase(Locale.ROOT);
        switch (machine) {
            case "x86_64", "x86-64" -> machine = "amd64";
            case "i386", "i486", "i586", "i686", "x86" -> machine = "386";
            case "aarch64" -> machine = "arm64";
            case "armhf" -> {
                machine = "arm";
                kind = "v7";
            }
            case "armel" -> {
                machine = "arm";
                kind = "v6";
            }
            default -> {}
        }
        return new Platform(
                system.equals("macos") ? "darwin" : system, machine, variant(machine, kind), osVersion, osFeatures);
    }

    private static String variant(String architecture, String variant) {
        String full = variant.matches("[0-9].*") ? "v" + variant : variant;
        return switch (architecture) {
            case "arm64" -> full.equals("v8") || full.equals("v8.0") ? "" : full;
            case "arm" -> full.isEmpty() ? "v7" : full;
            case "amd64" -> full.equals("v1") ? "" : full;
            case "386" -> "";
            default -> full;
        };
    }

    /**
     * How well something made for {@code other} runs where this is wanted: 0 is best, nothing is not at all. Later variants
     * run what was made for earlier ones.
     */
    public OptionalInt rank(Platform other) {
        Platform wanted = normalized();
        Platform offered = other.normalized();
        boolean version =
                wanted.osVersion.isEmpty() || offered.osVersion.isEmpty() || wanted.osVersion.equals(offered.osVersion);
        if (!wanted.os.equals(offered.os) || !wanted.architecture.equals(offered.architecture) || !version) {
            return OptionalInt.empty();
        }
        if (wanted.variant.equals(offered.variant)) {
            return OptionalInt.of(0);
        }
        OptionalInt have = level(wanted);
        OptionalInt need = level(offered);
        if (have.isEmpty() || need.isEmpty()) {
            return offered.variant.isEmpty() ? OptionalInt.of(1) : OptionalInt.empty();
        }
        int distance = have.getAsInt() - need.getAsInt();
        return distance > 0 ? OptionalInt.of(distance) : OptionalInt.empty();
    }

    /** The number in the variant times ten, so that v8.1 has its place. */
    private static OptionalInt level(Platform platform) {
        String number = platform.variant.isEmpty()
                ? platform.architecture.equals("arm64") ? "8" : "1"
                : platform.variant.substring(1);
        return number.matches("[0-9](\\.[0-9])?")
                ? OptionalInt.of((int) Math.round(Double.parseDouble(number) * 10))
                : OptionalInt.empty();
    }

    /** {@code os/architecture} and, if there is one, {@code /variant}. */
    @Override
    public String toString() {
        return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }
}
