package io.buildkit4j.frontend.emit;

import io.buildkit4j.frontend.stage.Stage;
import io.buildkit4j.frontend.stage.Substitution;
import io.buildkit4j.image.Platform;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Names of one stage's steps, as clients show them: {@code [linux/arm64 build 2/5] RUN make}. */
final class StepNames {
    private final Optional<String> label;
    private final Optional<Platform> platform;
    private final int total;
    private int index;

    /** The label is left out where there is only one stage, the platform where there is only one result. */
    StepNames(Stage stage, boolean labelled, Optional<Platform> platform, int total) {
        this.label = labelled ? Optional.of(stage.label()) : Optional.empty();
        this.platform = platform;
        this.total = total;
    }

    /** The bracket before the next step's text, with a blank. */
    String next(Map<String, String> values) {
        index++;
        return bracket(values);
    }

    /** The bracket of the same step again. */
    String bracket(Map<String, String> values) {
        StringBuilder name = new StringBuilder("[");
        platform.ifPresent(own -> name.append(own).append(cross(own, values)).append(' '));
        label.ifPresent(text -> name.append(text).append(' '));
        int width = String.valueOf(total).length();
        return name.append(String.format(Locale.ROOT, "%" + width + "d/%d] ", index, total))
                .toString();
    }

    /** What a stage builds for that runs on another platform, as far as its variables tell. */
    private static String cross(Platform own, Map<String, String> values) {
        String os = values.getOrDefault("TARGETOS", own.os());
        String architecture = values.getOrDefault("TARGETARCH", own.architecture());
        String variant = values.getOrDefault("TARGETVARIANT", "");
        Platform target = values.containsKey("TARGETPLATFORM")
                ? Platform.parse(values.get("TARGETPLATFORM"))
                : Platform.of(os, architecture, variant).normalized();
        if (!target.os().equals(own.os())) {
            return "->" + target;
        }
        return target.architecture().equals(own.architecture())
                ? ""
                : "->" + target.architecture() + (target.variant().isEmpty() ? "" : "/" + target.variant());
    }

    /** An instruction's text for people: its keyword in upper case, variables expanded where that can be done. */
    static String shown(String text, Substitution values, boolean words) {
        String expanded = text;
        if (words) {
            try {
                expanded = values.word(text);
            } catch (io.buildkit4j.frontend.FrontendFault broken) {
                expanded = text;
            }
        } else {
            expanded = values.shown(text);
        }
        int space = expanded.indexOf(' ');
        return space < 0
                ? expanded.toUpperCase(Locale.ROOT)
                : expanded.substring(0, space).toUpperCase(Locale.ROOT) + expanded.substring(space);
    }
}
