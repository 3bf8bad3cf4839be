package io.buildkit4j.buildd.door;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Selects records by containerd's filter language: {@code field==value,field!=value,field~=pattern,field}. All parts of one
 * filter must hold; of several filters one is enough; no filter selects everything. Values may be quoted.
 */
final class RecordFilter {
    private static final Pattern SELECTOR = Pattern.compile(
            "\\s*([A-Za-z_][\\w.\"/-]*)\\s*(?:(==|!=|~=)\\s*(\"(?:[^\"\\\\]|\\\\.)*\"|[^,]*))?\\s*(,|$)");

    private final List<List<Part>> alternatives = new ArrayList<>();

    /** A field's values, none when the record has no such field. */
    @FunctionalInterface
    interface Fields {
        List<String> values(String field);
    }

    private record Part(String field, Predicate<List<String>> holds) {}

    private RecordFilter() {}

    /**
     * Reads filters.
     *
     * @throws DaemonFault INVALID_ARGUMENT when one is not in that language
     */
    static RecordFilter parse(List<String> filters) {
        RecordFilter filter = new RecordFilter();
        for (String text : filters) {
            filter.alternatives.add(parts(text));
        }
        return filter;
    }

    private static List<Part> parts(String text) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = SELECTOR.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (!matcher.find(at) || matcher.start() != at) {
                throw malformed(text, "write field==value, field!=value, field~=pattern or field, separated by commas");
            }
            String field = matcher.group(1).replace("\"", "");
            parts.add(new Part(field, holds(text, matcher)));
            at = matcher.end();
        }
        return parts;
    }

    private static Predicate<List<String>> holds(String text, Matcher matcher) {
        if (matcher.group(2) == null) {
            return values -> values.stream().anyMatch(value -> !value.isEmpty() && !value.equals("false"));
        }
        String value = unquoted(matcher.group(3).strip());
        return switch (matcher.group(2)) {
            case "==" -> values -> values.contains(value);
            case "!=" -> values -> !values.contains(value);
            default -> pattern(text, value);
        };
    }

    private static Predicate<List<String>> pattern(String text, String value) {
        try {
            Predicate<String> found = Pattern.compile(value).asPredicate();
            return values -> values.stream().anyMatch(found);
        } catch (PatternSyntaxException wrong) {
            throw malformed(text, wrong.getDescription());
        }
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1") : value;
    }

    private static DaemonFault malformed(String text, String reason) {
        return new DaemonFault(Kind.INVALID_ARGUMENT, "not a filter: " + text + ": " + reason);
    }

    /** Whether the record is selected. */
    boolean selects(Fields fields) {
        return alternatives.isEmpty()
                || alternatives.stream()
                        .anyMatch(parts ->
                                parts.stream().allMatch(part -> part.holds().test(fields.values(part.field()))));
    }
}
