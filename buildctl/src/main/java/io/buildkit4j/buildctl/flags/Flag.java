package io.buildkit4j.buildctl.flags;

/**
 * One declared flag.
 *
 * @param names without dashes, the first is the one to look it up by; one-letter names take one dash
 * @param value what its value is called in the help; empty for a switch
 * @param repeatable may be given more than once
 * @param bare may be given without its value, which is then empty; with one only as {@code --name=value}
 * @param help one line; empty for a flag that the help leaves out
 */
public record Flag(java.util.List<String> names, String value, boolean repeatable, boolean bare, String help) {
    /** A flag that stands alone. */
    public static Flag alone(String names, String help) {
        return new Flag(split(names), "", false, false, help);
    }

    /** A flag with one value; the last one given counts. */
    public static Flag option(String names, String value, String help) {
        return new Flag(split(names), value, false, false, help);
    }

    /** A flag with a value that may be given several times; all count. */
    public static Flag repeated(String names, String value, String help) {
        return new Flag(split(names), value, true, false, help);
    }

    /** A flag that may stand alone or have a value after an equals sign. */
    public static Flag optional(String names, String value, String help) {
        return new Flag(split(names), value, false, true, help);
    }

    private static java.util.List<String> split(String names) {
        return java.util.List.of(names.split(",", -1));
    }

    /** The name to look it up by. */
    public String name() {
        return names.getFirst();
    }

    boolean isSwitch() {
        return value.isEmpty();
    }

    boolean matches(String given) {
        return names.contains(given);
    }

    String usage() {
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(name.length() == 1 ? "-" : "--")
                    .append(name);
        }
        if (bare) {
            return text.append("[=").append(value).append(']').toString();
        }
        return isSwitch() ? text.toString() : text.append(' ').append(value).toString();
    }
}
