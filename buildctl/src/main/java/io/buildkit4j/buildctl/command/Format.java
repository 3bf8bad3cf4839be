package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.UsageFault;
import io.buildkit4j.buildctl.flags.Arguments;

/** The flag {@code --format}. */
final class Format {
    private Format() {}

    /** Whether JSON is wanted, in our words or as a Go template, rather than a table. */
    static boolean isJson(Arguments arguments) {
        String format = arguments.text("format").orElse("table");
        return switch (format) {
            case "json", "{{json .}}" -> true;
            case "table" -> false;
            default -> throw new UsageFault("--format is table or json, not: " + format);
        };
    }
}
