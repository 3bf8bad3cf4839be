package io.buildkit4j.llb.codec;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.llb.LlbFault;
import java.util.ArrayList;
import java.util.List;

/** Lists of texts as JSON, escaped as Go's encoder escapes them: the text is part of a digest. */
final class TextLists {
    private TextLists() {}

    static String write(List<String> values) {
        StringBuilder out = new StringBuilder("[");
        for (String value : values) {
            out.append(out.length() > 1 ? ",\"" : "\"");
            for (int i = 0; i < value.length(); i++) {
                escape(out, value.charAt(i));
            }
            out.append('"');
        }
        return out.append(']').toString();
    }

    private static void escape(StringBuilder out, char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            default -> {
                if (c < 0x20 || c == '<' || c == '>' || c == '&' || c == 0x2028 || c == 0x2029) {
                    out.append(String.format(java.util.Locale.ROOT, "\\u%04x", (int) c));
                } else {
                    out.append(c);
                }
            }
        }
    }

    static List<String> read(String key, String json) {
        try {
            List<String> values = new ArrayList<>();
            JsonElement parsed = JsonParser.parseString(json);
            if (parsed.isJsonNull()) {
                return values;
            }
            JsonArray array = parsed.getAsJsonArray();
            array.forEach(element -> values.add(element.getAsString()));
            return values;
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException broken) {
            throw new LlbFault(
                    Kind.INVALID_ARGUMENT, "attribute " + key + " is not a JSON list of texts: " + json, broken);
        }
    }
}
