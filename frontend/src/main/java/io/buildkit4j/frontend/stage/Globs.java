package io.buildkit4j.frontend.stage;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Shell patterns inside of substitutions. */
final class Globs {
    private Globs() {}

    static String strip(String value, String pattern, boolean prefix, boolean longest) {
        Pattern compiled = compile(pattern, true);
        int length = value.length();
        for (int i = 0; i <= length; i++) {
            int size = longest ? length - i : i;
            String part = prefix ? value.substring(0, size) : value.substring(length - size);
            if (compiled.matcher(part).matches()) {
                return prefix ? value.substring(size) : value.substring(0, length - size);
            }
        }
        return value;
    }

    static String replace(String value, String pattern, String replacement, boolean all) {
        Matcher matcher = compile(pattern, true).matcher(value);
        String literal = Matcher.quoteReplacement(replacement);
        return all ? matcher.replaceAll(literal) : matcher.replaceFirst(literal);
    }

    private static Pattern compile(String glob, boolean greedy) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '*' -> regex.append(greedy ? ".*" : ".*?");
                case '?' -> regex.append('.');
                case '\\' -> {
                    i = Math.min(i + 1, glob.length() - 1);
                    regex.append(Pattern.quote(glob.substring(i, i + 1)));
                }
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
