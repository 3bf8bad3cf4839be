package io.buildkit4j.buildctl.output;

import io.buildkit4j.buildctl.UsageFault;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads {@code key=value,"key=value, with a comma"}: one line of comma-separated values as RFC 4180 quotes them. */
public final class Fields {
    private Fields() {}

    /** Pairs in the order they were written, keys in lower case. {@code flag} is named in errors. */
    public static Map<String, String> parse(String flag, String text) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String field : split(flag, text)) {
            int equals = field.indexOf('=');
            if (equals < 1) {
                throw new UsageFault("--" + flag + " takes KEY=VALUE[,KEY=VALUE…]; this part is none: " + field);
            }
            pairs.put(field.substring(0, equals).strip().toLowerCase(Locale.ROOT), field.substring(equals + 1));
        }
        return pairs;
    }

    private static List<String> split(String flag, String text) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (quoted && c == '"' && at + 1 < text.length() && text.charAt(at + 1) == '"') {
                field.append('"');
                at++;
            } else if (c == '"' && (quoted || field.isEmpty())) {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        if (quoted) {
            throw new UsageFault("--" + flag + " has a quote that is not closed: " + text);
        }
        fields.add(field.toString());
        return fields;
    }
}
