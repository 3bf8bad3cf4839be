package io.buildkit4j.frontend.stage;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.FrontendFault;
import java.util.ArrayList;
import java.util.List;

/**
 * Shell patterns inside of substitutions: {@code *}, {@code ?} and escapes. Matching takes at most time in proportion to
 * pattern and text, for a replacement to the text again, and ends where that is not allowed.
 */
final class Globs {
    private static final int STAR = -1;
    private static final int ANY = -2;

    /** Code points of letters, and the two wildcards. */
    private final int[] tokens;

    private final Allowance allowance;

    private Globs(int[] tokens, Allowance allowance) {
        this.tokens = tokens;
        this.allowance = allowance;
    }

    /** The value without the shortest or longest beginning, or end, that matches. */
    static String strip(String value, String pattern, boolean prefix, boolean longest, Allowance allowance) {
        Globs glob = compile(pattern, allowance);
        allowance.steps(value.length());
        int[] text = value.codePoints().toArray();
        Globs way = prefix ? glob : new Globs(reversed(glob.tokens), allowance);
        int end = way.end(prefix ? text : reversed(text), 0, longest);
        if (end < 0) {
            return value;
        }
        return prefix ? new String(text, end, text.length - end) : new String(text, 0, text.length - end);
    }

    /** The value with the first match, or all, replaced. */
    static String replace(String value, String pattern, String replacement, boolean all, Allowance allowance) {
        Globs glob = compile(pattern, allowance);
        allowance.steps(value.length());
        int[] text = value.codePoints().toArray();
        StringBuilder out = new StringBuilder();
        int at = 0;
        boolean more = true;
        while (more && at <= text.length) {
            int end = glob.end(text, at, true);
            boolean hopeless = end < 0 && glob.reachesStar(text, at);
            if (end >= 0) {
                out.append(replacement);
            }
            if (end <= at && at < text.length) {
                out.appendCodePoint(text[at]);
            }
            at = Math.max(end, at + 1);
            more = (end < 0 || all) && !hopeless;
        }
        if (at < text.length) {
            out.append(new String(text, at, text.length - at));
        }
        return out.toString();
    }

    /** What comes after a star was not found: it will not be found from a later place either. */
    private boolean reachesStar(int[] text, int from) {
        int token = 0;
        int at = from;
        while (token < tokens.length && tokens[token] != STAR && at < text.length && fits(tokens[token], text[at])) {
            token++;
            at++;
        }
        return token < tokens.length && tokens[token] == STAR;
    }

    private static boolean fits(int token, int letter) {
        return token == ANY || token == letter;
    }

    /** Where the match that begins there ends; -1 where none does. */
    private int end(int[] text, int from, boolean longest) {
        allowance.steps(tokens.length);
        boolean[] states = new boolean[tokens.length + 1];
        states[0] = true;
        skipStars(states);
        int found = states[tokens.length] ? from : -1;
        boolean alive = true;
        for (int at = from; at < text.length && alive && (longest || found < 0); at++) {
            alive = false;
            allowance.steps(states.length);
            for (int i = tokens.length; i >= 0; i--) {
                boolean stays = i < tokens.length && tokens[i] == STAR && states[i];
                boolean comes = i > 0 && states[i - 1] && tokens[i - 1] != STAR && fits(tokens[i - 1], text[at]);
                states[i] = stays || comes;
                alive |= states[i];
            }
            skipStars(states);
            found = states[tokens.length] ? at + 1 : found;
        }
        return found;
    }

    private void skipStars(boolean[] states) {
        for (int i = 0; i < tokens.length; i++) {
            states[i + 1] |= states[i] && tokens[i] == STAR;
        }
    }

    private static int[] reversed(int[] list) {
        int[] out = new int[list.length];
        for (int i = 0; i < list.length; i++) {
            out[list.length - 1 - i] = list[i];
        }
        return out;
    }

    private static Globs compile(String pattern, Allowance allowance) {
        List<Integer> tokens = new ArrayList<>();
        int[] letters = pattern.codePoints().toArray();
        for (int i = 0; i < letters.length; i++) {
            switch (letters[i]) {
                case '*' -> tokens.add(STAR);
                case '?' -> tokens.add(ANY);
                case '\\' -> {
                    int next = ++i < letters.length ? letters[i] : 0;
                    if ("*?\\}/".indexOf(next) < 0) {
                        throw new FrontendFault(
                                Kind.INVALID_ARGUMENT,
                                "invalid pattern (" + pattern + ") in substitution: invalid escape '\\"
                                        + (next == 0 ? "" : Character.toString(next))
                                        + "'; only *, ?, \\, } and / can be escaped");
                    }
                    tokens.add(next);
                }
                default -> tokens.add(letters[i]);
            }
        }
        return new Globs(tokens.stream().mapToInt(Integer::intValue).toArray(), allowance);
    }
}
