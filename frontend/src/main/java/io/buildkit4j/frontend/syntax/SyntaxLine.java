package io.buildkit4j.frontend.syntax;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The line of a file that names the frontend which understands the file: {@code # syntax=IMAGE} or {@code // syntax=IMAGE}
 * among the first lines, after {@code #!} if there is one, or a member {@code syntax} of a JSON object. Nothing else of the
 * file is read: only that frontend may know what it means.
 *
 * @param text what is written after {@code syntax=}: the image, and perhaps words for the frontend
 * @param line from 1
 */
public record SyntaxLine(String text, int line) {
    private static final Pattern DIRECTIVE = Pattern.compile("(#|//)\\s*+([A-Za-z][A-Za-z0-9]*+)\\s*+=\\s*+(.+)");

    /** Finds it. */
    public static Optional<SyntaxLine> find(String file) {
        String text = file.startsWith("\uFEFF") ? file.substring(1) : file;
        String[] lines = text.split("\n", -1);
        int first = lines[0].startsWith("#!") ? 1 : 0;
        String comment = "";
        for (int i = first; i < lines.length; i++) {
            Matcher directive = DIRECTIVE.matcher(lines[i].strip());
            boolean goesOn = directive.matches() && (comment.isEmpty() || comment.equals(directive.group(1)));
            if (!goesOn) {
                break;
            }
            comment = directive.group(1);
            if (directive.group(2).toLowerCase(Locale.ROOT).equals("syntax")) {
                return Optional.of(new SyntaxLine(directive.group(3), i + 1));
            }
        }
        return json(text);
    }

    private static Optional<SyntaxLine> json(String text) {
        if (!text.stripLeading().startsWith("{")) {
            return Optional.empty();
        }
        try {
            JsonObject object = JsonParser.parseString(text).getAsJsonObject();
            JsonElement syntax = object.get("syntax");
            return syntax == null || !syntax.isJsonPrimitive()
                    ? Optional.empty()
                    : Optional.of(new SyntaxLine(syntax.getAsString(), 1));
        } catch (JsonParseException | IllegalStateException noObject) {
            return Optional.empty();
        }
    }

    /** The image. */
    public String image() {
        return image(text);
    }

    /** The first word. */
    public static String image(String text) {
        return text.strip().split("\\s+", 2)[0];
    }
}
