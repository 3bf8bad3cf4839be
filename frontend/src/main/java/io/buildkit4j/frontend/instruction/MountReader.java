package io.buildkit4j.frontend.instruction;

import io.buildkit4j.frontend.instruction.Instruction.Pair;
import io.buildkit4j.frontend.instruction.Instruction.RunMount;
import io.buildkit4j.frontend.syntax.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The value of {@code --mount}: comma-separated options. Their values may have variables and are judged once expanded. */
final class MountReader {
    private static final Set<String> TYPES = Set.of("bind", "cache", "tmpfs", "secret", "ssh");
    private static final Set<String> SWITCHES = Set.of("readonly", "ro", "readwrite", "rw", "required");
    private static final Set<String> KEYS = Set.of(
            "from",
            "source",
            "src",
            "target",
            "dst",
            "destination",
            "readonly",
            "ro",
            "readwrite",
            "rw",
            "id",
            "sharing",
            "mode",
            "uid",
            "gid",
            "size",
            "env",
            "required",
            "type");

    private MountReader() {}

    static RunMount read(Statement statement, String text) {
        List<Pair> options = new ArrayList<>();
        String type = "bind";
        for (String field : fields(text)) {
            int equals = field.indexOf('=');
            String key = (equals < 0 ? field : field.substring(0, equals)).toLowerCase(Locale.ROOT);
            String value = equals < 0 ? "" : field.substring(equals + 1);
            if (!KEYS.contains(key)) {
                throw statement.fault(
                        "unexpected key '" + key + "' in '" + field + "'" + Spelling.suggestion(key, KEYS, ""));
            }
            if (equals < 0 && !SWITCHES.contains(key)) {
                throw statement.fault("invalid field '" + field + "' must be a key=value pair");
            }
            if (key.equals("type")) {
                type = value.toLowerCase(Locale.ROOT);
            } else {
                options.add(new Pair(key, value));
            }
            int dollar = value.indexOf('$');
            if (key.equals("from") && dollar >= 0 && dollar != value.length() - 1) {
                throw statement.fault("'from' doesn't support variable expansion, define alias stage instead");
            }
        }
        if (!TYPES.contains(type) && type.indexOf('$') < 0) {
            throw statement.fault("unsupported mount type \"" + type + "\"" + Spelling.suggestion(type, TYPES, ""));
        }
        return new RunMount(type, options);
    }

    /** As a line of comma-separated values: a field in double quotes may have commas, and doubled quotes. */
    private static List<String> fields(String text) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' && quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                field.append(text.charAt(++i));
            } else if (c == '"' && (quoted || field.isEmpty())) {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
