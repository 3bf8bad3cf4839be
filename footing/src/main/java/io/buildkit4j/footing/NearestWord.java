package io.buildkit4j.footing;

import java.util.Collection;
import java.util.Optional;

/** Which known word was meant by one that is not known, so that a message can name the remedy. */
public final class NearestWord {
    /** More wrong letters than this is another word. */
    private static final int TOLERANCE = 3;

    private NearestWord() {}

    /** The nearest of the known words, when one is near: at most half of the letters given, and three, are wrong. */
    public static Optional<String> to(String given, Collection<String> known) {
        return within(Math.min(TOLERANCE, Math.max(1, given.length() / 2)), given, known);
    }

    /** The nearest of the known words, when at most so many letters are wrong. */
    public static Optional<String> within(int wrong, String given, Collection<String> known) {
        int best = wrong + 1;
        Optional<String> nearest = Optional.empty();
        for (String word : known) {
            if (Math.abs(word.length() - given.length()) > wrong) {
                continue; // so that long words cost nothing
            }
            int distance = distance(given, word);
            if (distance < best || (distance == best && nearest.isPresent() && word.compareTo(nearest.get()) < 0)) {
                best = distance;
                nearest = Optional.of(word);
            }
        }
        return nearest;
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
