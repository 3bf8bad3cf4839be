package io.buildkit4j.worker.listing;

import io.buildkit4j.store.ContentQuery;
import io.buildkit4j.store.TreeWildcards;
import io.buildkit4j.wire.PathPatterns;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Queries as the text that goes into a key, and back. One line a query; in it, separated by tabs, the path and then what is
 * special: {@code *} for wildcards, {@code !} for a last link that is not followed, {@code +PATTERN} and {@code -PATTERN}.
 * Tabs, newlines and backslashes of names are written {@code \t}, {@code \n} and {@code \\}: no two lists of queries give the
 * same text. The empty text selects everything.
 */
public final class Selection {
    private Selection() {}

    /** The text of queries. */
    public static String text(List<ContentQuery> queries) {
        return queries.stream().map(Selection::line).collect(Collectors.joining("\n"));
    }

    private static String line(ContentQuery query) {
        List<String> fields = new ArrayList<>();
        fields.add(quoted(query.path()));
        if (query.wildcards()) {
            fields.add("*");
        }
        if (!query.followLinks()) {
            fields.add("!");
        }
        query.include().forEach(pattern -> fields.add("+" + quoted(pattern)));
        query.exclude().forEach(pattern -> fields.add("-" + quoted(pattern)));
        return String.join("\t", fields);
    }

    private static String quoted(String name) {
        return name.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n");
    }

    private static String unquoted(String text) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                char next = text.charAt(++i);
                name.append(next == 't' ? '\t' : next == 'n' ? '\n' : next);
            } else {
                name.append(c);
            }
        }
        return name.toString();
    }

    /** Whether a path of the tree, such as {@code /src/main.c}, is selected. Links are not resolved. */
    public static Predicate<String> matcher(String text) {
        if (text.isEmpty()) {
            return path -> true;
        }
        List<Predicate<String>> lines = text.lines().map(Selection::lineMatcher).toList();
        return path -> lines.stream().anyMatch(line -> line.test(path));
    }

    private static Predicate<String> lineMatcher(String line) {
        List<String> fields = List.of(line.split("\t", -1));
        String path = unquoted(fields.getFirst());
        boolean wildcards = fields.subList(1, fields.size()).contains("*") && TreeWildcards.in(path);
        PathPatterns in = patterns(fields, "+");
        PathPatterns out = patterns(fields, "-");
        int prefix = path.equals("/") ? 0 : path.length();
        Predicate<String> within = within(path, wildcards);
        if (wildcards) {
            return within; // what the patterns are relative to is another directory for each match
        }
        return entry -> {
            String below = entry.substring(Math.min(entry.length(), prefix));
            String relative = below.startsWith("/") ? below.substring(1) : below;
            return within.test(entry)
                    && (in.isEmpty() || relative.isEmpty() || in.matches(relative))
                    && (relative.isEmpty() || !out.matches(relative));
        };
    }

    private static PathPatterns patterns(List<String> fields, String sign) {
        return PathPatterns.of(fields.stream()
                .skip(1)
                .filter(field -> field.startsWith(sign))
                .map(field -> unquoted(field.substring(1)))
                .toList());
    }

    private static Predicate<String> within(String path, boolean wildcards) {
        String plain = path.replaceAll("/+$", "");
        if (plain.isEmpty()) {
            return entry -> true;
        }
        if (!wildcards) {
            return entry -> entry.equals(plain) || entry.startsWith(plain + "/");
        }
        PathPatterns pattern = PathPatterns.of(List.of(plain.substring(1)));
        return entry -> entry.length() > 1 && pattern.matches(entry.substring(1));
    }
}
