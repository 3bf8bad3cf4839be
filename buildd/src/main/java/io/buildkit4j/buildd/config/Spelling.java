package io.buildkit4j.buildd.config;

import java.util.Collection;
import java.util.Optional;

/** Which word was meant by one that is not known. */
final class Spelling {
    /** More wrong letters than this is another word. */
    private static final int TOLERANCE = 3;

    private Spelling() {}

    /** The known word that is nearest, when one is near. */
    static Optional<String> nearest(String given, Collection<String> known) {
        String nearest = "";
        int best = Math.min(TOLERANCE, Math.max(1, given.length() / 2)) + 1;
        for (String word : known) {
            int distance = distance(given, word);
            if (distance < best) {
                best = distance;
                nearest = word;
            }
        }
        return nearest.isEmpty() ? Optional.empty() : Optional.of(nearest);
    }

    /** Levenshtein distance in characters. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
