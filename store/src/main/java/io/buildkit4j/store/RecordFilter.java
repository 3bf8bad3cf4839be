package io.buildkit4j.store;

import io.buildkit4j.footing.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Selects records by containerd's filter language: {@code field==value,field!=value,field~=pattern,field}. All parts of one
 * filter must hold; of several filters one is enough; no filter selects everything. Values may be quoted, patterns also by
 * {@code /} or {@code |}.
 */
public final class RecordFilter {
    private static final Pattern SELECTOR = Pattern.compile(
            "\\s*([A-Za-z_][\\w.\"/-]*)\\s*(?:(==|!=|~=)\\s*(\"(?:[^\"\\\\]|\\\\.)*\"|/(?:[^/\\\\]|\\\\.)*/|\\|[^|]*\\||[^,]*))?\\s*(,|$)");

    private final List<List<Part>> alternatives = new ArrayList<>();

    /** A field's values, none when the record has no such field. */
    @FunctionalInterface
    public interface Fields {
        List<String> values(String field);
    }

    private record Part(String field, Predicate<List<String>> holds) {}

    private RecordFilter() {}

    /**
     * Reads filters.
     *
     * @throws StoreFault INVALID_ARGUMENT when one is not in that language
     */
    public static RecordFilter parse(List<String> filters) {
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
            default -> pattern(text, bare(value));
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

    private static String bare(String value) {
        boolean delimited = value.length() > 1
                && (value.startsWith("/") || value.startsWith("|"))
                && value.endsWith(value.substring(0, 1));
        return delimited ? value.substring(1, value.length() - 1).replace("\\/", "/") : value;
    }

    private static StoreFault malformed(String text, String reason) {
        return new StoreFault(Kind.INVALID_ARGUMENT, "not a filter: " + text + ": " + reason);
    }

    /** Whether the record is selected. */
    public boolean selects(Fields fields) {
        return alternatives.isEmpty()
                || alternatives.stream()
                        .anyMatch(parts ->
                                parts.stream().allMatch(part -> part.holds().test(fields.values(part.field()))));
    }

    /** Whether the usage record is selected, by the field names of the original. */
    public boolean selects(UsageRecord record) {
        return selects(field -> values(record, field));
    }

    private static List<String> values(UsageRecord record, String field) {
        return switch (field) {
            case "id" -> List.of(record.id());
            case "parents", "parent" -> record.parents();
            case "description" -> List.of(record.description().text());
            case "inuse" -> List.of(String.valueOf(record.inUse()));
            case "mutable" -> List.of(String.valueOf(record.mutable()));
            case "immutable" -> List.of(String.valueOf(!record.mutable()));
            case "type" -> List.of(record.description().type().wireName());
            case "shared" -> List.of(String.valueOf(record.shared()));
            case "private" -> List.of(String.valueOf(!record.shared()));
            default -> List.of();
        };
    }
}
