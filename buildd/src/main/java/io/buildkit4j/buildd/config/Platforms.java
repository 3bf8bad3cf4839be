package io.buildkit4j.buildd.config;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Platform;
import java.util.List;

/** Reads platforms as configuration files write them. */
final class Platforms {
    private Platforms() {}

    /** Reads {@code os/architecture[/variant]}. */
    static Platform parse(String text) {
        List<String> parts = List.of(text.split("/", -1));
        if (parts.size() < 2 || parts.size() > 3 || parts.contains("")) {
            throw new DaemonFault(Kind.INVALID_ARGUMENT, "write os/architecture[/variant], not " + text);
        }
        return Platform.of(parts.get(0), parts.get(1), parts.size() > 2 ? parts.get(2) : "");
    }
}
