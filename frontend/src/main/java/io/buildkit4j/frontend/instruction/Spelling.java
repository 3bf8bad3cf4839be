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

    /** Steps from one to the other; two letters that changed places are one step. */
    private static int distance(String a, String b) {
        int[][] steps = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                steps[i][j] = i == 0 || j == 0 ? i + j : cheapest(steps, a, b, i, j);
            }
        }
        return steps[a.length()][b.length()];
    }

    private static int cheapest(int[][] steps, String a, String b, int i, int j) {
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best = Math.min(steps[i - 1][j - 1] + cost, Math.min(steps[i - 1][j], steps[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, steps[i - 2][j - 2] + 1) : best;
    }
}
