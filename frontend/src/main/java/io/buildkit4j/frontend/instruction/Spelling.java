package io.buildkit4j.frontend.instruction;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The nearest valid word to a mistyped one. */
public final class Spelling {
    private static final int NEAR = 3;

    private Spelling() {}

    /** A remark to end a message with; empty when nothing is near. */
    public static String suggestion(String word, Collection<String> valid, String prefix) {
        Optional<String> nearest = valid.stream()
                .filter(candidate -> distance(word, candidate) < Math.min(NEAR, candidate.length()))
                .min(Comparator.comparingInt((String candidate) -> distance(word, candidate))
                        .thenComparing(Comparator.naturalOrder()));
        return nearest.map(found -> " (did you mean " + prefix + found + "?)").orElse("");
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int next = Math.min(diagonal + cost, Math.min(row[j], row[j - 1]) + 1);
                diagonal = row[j];
                row[j] = next;
            }
        }
        return row[b.length()];
    }
}
