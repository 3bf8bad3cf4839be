package io.buildkit4j.footing;

/** The ends of texts. Takes time in proportion to what is cut, where a pattern would begin anew at each run of the character. */
public final class Tails {
    private Tails() {}

    /** The text without its last characters, as many as are this one. */
    public static String cut(String text, char last) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == last) {
            end--;
        }
        return text.substring(0, end);
    }
}
