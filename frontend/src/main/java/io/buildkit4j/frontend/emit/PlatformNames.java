package io.buildkit4j.frontend.emit;

import io.buildkit4j.frontend.FrontendOptions;
import io.buildkit4j.image.Platform;
import java.util.Map;

/** Platforms as texts. */
final class PlatformNames {
    private PlatformNames() {}

    static Platform parse(String text) {
        return FrontendOptions.parse(Map.of("platform", text)).platforms().getFirst();
    }

    static String format(Platform platform) {
        String text = platform.os() + "/" + platform.architecture();
        return platform.variant().isEmpty() ? text : text + "/" + platform.variant();
    }
}
