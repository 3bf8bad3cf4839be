package io.buildkit4j.buildctl.flags;

import java.util.List;

/** Writes the help of a command from its declarations. */
public final class Help {
    private static final int COLUMN = 34;

    private Help() {}

    /** Usage line, what it does, then one line a flag. */
    public static String of(String usage, String about, List<Flag> flags) {
        StringBuilder text = new StringBuilder("Usage: ")
                .append(usage)
                .append("\n\n")
                .append(about)
                .append('\n');
        boolean headed = false;
        for (Flag flag : flags) {
            if (flag.help().isEmpty()) {
                continue;
            }
            text.append(headed ? "" : "\nFlags:\n");
            headed = true;
            String left = "  " + flag.usage();
            text.append(left)
                    .append(" ".repeat(Math.max(1, COLUMN - left.length())))
                    .append(flag.help());
            text.append(flag.repeatable() ? " (repeatable)\n" : "\n");
        }
        return text.toString();
    }
}
