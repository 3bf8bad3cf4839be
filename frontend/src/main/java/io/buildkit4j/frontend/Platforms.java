package io.buildkit4j.frontend;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Platform;
import java.util.Locale;

/** Platforms as users write them: {@code os/architecture[/variant]}. */
final class Platforms {
    private Platforms() {}

    static Platform parse(String text) {
        String[] parts = text.strip().toLowerCase(Locale.ROOT).split("/", -1);
        if (parts.length > 3 || text.isBlank()) {
            throw new FrontendFault(
                    Kind.INVALID_ARGUMENT, "\"" + text + "\": cannot parse platform; write os/architecture[/variant]");
        }
        if (parts.length == 1) {
            boolean os = parts[0].equals("linux") || parts[0].equals("windows") || parts[0].equals("darwin");
            return os ? Platform.of(parts[0], "amd64", "") : normal("linux", parts[0], "");
        }
        return normal(parts[0], parts[1], parts.length > 2 ? parts[2] : "");
    }

    private static Platform normal(String os, String architecture, String variant) {
        return switch (architecture) {
            case "x86_64", "x86-64" -> Platform.of(os, "amd64", variant.equals("v1") ? "" : variant);
            case "aarch64", "arm64" -> Platform.of(os, "arm64", variant.equals("v8") ? "" : variant);
            case "i386", "i686", "x86" -> Platform.of(os, "386", "");
            case "armhf" -> Platform.of(os, "arm", "v7");
            case "armel" -> Platform.of(os, "arm", "v6");
            case "arm" -> Platform.of(os, "arm", variant.isEmpty() ? "v7" : variant);
            default -> Platform.of(os, architecture, variant);
        };
    }

    static String format(Platform platform) {
        String text = platform.os() + "/" + platform.architecture();
        return platform.variant().isEmpty() ? text : text + "/" + platform.variant();
    }
}
