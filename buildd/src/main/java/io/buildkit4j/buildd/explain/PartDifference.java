package io.buildkit4j.buildd.explain;

import io.buildkit4j.solver.Ingredients;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The first difference between two records of ingredients.
 *
 * @param before empty where there was nothing
 * @param after empty where there is nothing now
 */
record PartDifference(CauseKind kind, String subject, String before, String after) {
    private static final String VARIABLE = "environment";

    /** Compares by name, in the order in which the new record has them; what is gone comes last. */
    static Optional<PartDifference> between(Ingredients before, Ingredients after) {
        Map<String, String> old = named(before);
        Map<String, String> now = named(after);
        Set<String> names = new LinkedHashSet<>(now.keySet());
        names.addAll(old.keySet());
        for (String name : names) {
            String was = old.getOrDefault(name, "");
            String is = now.getOrDefault(name, "");
            if (!was.equals(is) || old.containsKey(name) != now.containsKey(name)) {
                return Optional.of(of(name, was, is));
            }
        }
        return Optional.empty();
    }

    private static PartDifference of(String name, String was, String is) {
        if (name.startsWith(VARIABLE + " ")) {
            return new PartDifference(CauseKind.ENVIRONMENT, name.substring(VARIABLE.length() + 1), was, is);
        }
        CauseKind kind = name.startsWith("argument") ? CauseKind.ARGUMENT : CauseKind.SETTING;
        return was.isEmpty() || is.isEmpty()
                ? new PartDifference(kind, name, was, is)
                : new PartDifference(kind, name, differing(was, is), differing(is, was));
    }

    /** Parts of one name are numbered, variables go by their own names. */
    private static Map<String, String> named(Ingredients ingredients) {
        Map<String, String> named = new LinkedHashMap<>();
        for (Ingredients.Part part : ingredients.parts()) {
            int equals = part.value().indexOf('=');
            if (part.name().equals(VARIABLE) && equals > 0) {
                named.put(
                        VARIABLE + " " + part.value().substring(0, equals),
                        part.value().substring(equals + 1));
                continue;
            }
            String name = part.name();
            for (int number = 2; named.containsKey(name); number++) {
                name = part.name() + " " + number;
            }
            named.put(name, part.value());
        }
        return named;
    }

    /** Of a long text the part that the other has not, from one separator to the next. */
    private static String differing(String text, String other) {
        if (text.length() < 48 && other.length() < 48) {
            return text;
        }
        int shorter = Math.min(text.length(), other.length());
        int from = 0;
        while (from < shorter && text.charAt(from) == other.charAt(from)) {
            from++;
        }
        int to = 0;
        while (to < shorter - from && text.charAt(text.length() - 1 - to) == other.charAt(other.length() - 1 - to)) {
            to++;
        }
        int begin = from;
        while (begin > 0 && ",[ \n".indexOf(text.charAt(begin - 1)) < 0) {
            begin--;
        }
        int end = text.length() - to;
        while (end < text.length() && ",] \n".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return text.substring(begin, Math.max(begin, end)).strip();
    }
}
