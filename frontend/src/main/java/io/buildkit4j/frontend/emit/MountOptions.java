package io.buildkit4j.frontend.emit;

import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.instruction.Instruction.Pair;
import io.buildkit4j.frontend.syntax.Statement;
import io.buildkit4j.llb.ExecMount.Grant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One mount's options, variables expanded and judged: each kind of mount allows some of them. */
record MountOptions(Statement statement, String type, List<Pair> options) {
    private static final Set<String> TYPES = Set.of("bind", "cache", "tmpfs", "secret", "ssh");
    private static final Set<String> SHARINGS = Set.of("shared", "private", "locked");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,6})?) ?([kmgtp]?)i?b?");

    static MountOptions read(StageEmitter stage, Statement statement, Instruction.RunMount mount) {
        String type = stage.expand(statement, mount.type()).toLowerCase(Locale.ROOT);
        MountOptions read = new MountOptions(
                statement,
                RunMounts.valid(statement, "mount type", type, TYPES),
                mount.options().stream()
                        .map(option -> new Pair(option.name(), stage.expand(statement, option.value())))
                        .toList());
        read.judge();
        return read;
    }

    private void judge() {
        boolean secretOrSsh = type.equals("secret") || type.equals("ssh");
        for (Pair option : options) {
            boolean allowed = switch (option.name()) {
                case "required" -> secretOrSsh;
                case "size" -> type.equals("tmpfs");
                default -> true;
            };
            if (!allowed) {
                throw statement.blame("unexpected key '" + option.name() + "' for mount type '" + type + "'");
            }
            boolean owner = Set.of("mode", "uid", "gid").contains(option.name());
            if (owner && !secretOrSsh && !type.equals("cache")) {
                throw statement.blame(option.name() + " not allowed for \"" + type + "\" type mounts");
            }
        }
        mode(0);
        number("uid");
        number("gid");
        sharing();
        if (type.equals("secret")) {
            judgeSecret();
        } else if (!sharing().isEmpty() && !type.equals("cache")) {
            throw statement.blame("invalid cache sharing set for " + type + " mount");
        }
    }

    private void judgeSecret() {
        if (!from().isEmpty()) {
            throw statement.blame("secret mount should not have a from");
        }
        if (!sharing().isEmpty()) {
            throw statement.blame("secret mount should not define sharing");
        }
        String id = text("id").orElse("");
        if (source().isEmpty() && target().isEmpty() && id.isEmpty()) {
            throw statement.blame("invalid secret mount. one of source, target required");
        }
        if (!source().isEmpty() && !id.isEmpty()) {
            throw statement.blame("both source and id can't be set");
        }
    }

    /** The last of these that is there counts. */
    Optional<String> text(String... keys) {
        List<String> wanted = List.of(keys);
        List<String> found = options.stream()
                .filter(option -> wanted.contains(option.name()))
                .map(Pair::value)
                .toList();
        return found.isEmpty() ? Optional.empty() : Optional.of(found.getLast());
    }

    String from() {
        return text("from").orElse("");
    }

    String source() {
        return text("source", "src").orElse("");
    }

    String target() {
        return text("target", "dst", "destination").orElse("");
    }

    String sharing() {
        String given = text("sharing").orElse("").toLowerCase(Locale.ROOT);
        return given.isEmpty() ? given : RunMounts.valid(statement, "sharing value", given, SHARINGS);
    }

    boolean isRequired() {
        return text("required").map(value -> isTrue("required", value)).orElse(false);
    }

    /** As the last of the options says that say something. */
    boolean readOnly(boolean otherwise) {
        boolean readOnly = otherwise;
        for (Pair option : options) {
            switch (option.name()) {
                case "ro", "readonly" -> readOnly = isTrue(option.name(), option.value());
                case "rw", "readwrite" -> readOnly = !isTrue(option.name(), option.value());
                default -> {}
            }
        }
        return readOnly;
    }

    private boolean isTrue(String key, String value) {
        return switch (value) {
            case "", "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw statement.blame("invalid value for " + key + ": " + value);
        };
    }

    boolean isOwned() {
        return text("mode").isPresent()
                || text("uid").isPresent()
                || text("gid").isPresent();
    }

    int number(String key) {
        String text = text(key).orElse("0");
        if (!text.matches("\\d{1,9}")) {
            throw statement.blame("invalid value " + text + " for " + key);
        }
        return Integer.parseInt(text);
    }

    int mode(int otherwise) {
        Optional<String> text = text("mode");
        if (text.isPresent() && !text.get().matches("[0-7]{1,10}")) {
            throw statement.blame("invalid value " + text.get() + " for mode: want an octal number");
        }
        return text.map(digits -> Integer.parseInt(digits, 8)).orElse(otherwise);
    }

    Grant grant(String id, int mode) {
        return new Grant(id, number("uid"), number("gid"), mode(mode), !isRequired());
    }

    long size() {
        String text = text("size").orElse("0");
        Matcher parts = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            throw statement.blame("invalid value for size: " + text);
        }
        int shift = "kmgtp".indexOf(parts.group(2)) + 1;
        long unit = parts.group(2).isEmpty() ? 1 : 1L << (10 * shift);
        return (long) (Double.parseDouble(parts.group(1)) * unit);
    }
}
