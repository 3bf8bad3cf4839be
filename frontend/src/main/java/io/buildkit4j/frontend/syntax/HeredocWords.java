package io.buildkit4j.frontend.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the words of a line that announce a text on the lines after it: {@code <<NAME}, as a shell would cut the line. */
final class HeredocWords {
    private static final Pattern WORD = Pattern.compile("\\d*+<<(-?)\\s*+([^<]++)");

    private final String line;
    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();

    private HeredocWords(String line) {
        this.line = line;
    }

    /** In order, their contents still empty. */
    static List<Heredoc> find(String line) {
        List<Heredoc> found = new ArrayList<>();
        if (line.contains("<<")) {
            new HeredocWords(line).cut().forEach(word -> read(word).ifPresent(found::add));
        }
        return found;
    }

    /** The announcement in one word, if it is one. Quotes around its name say that nothing in the text is expanded. */
    static Optional<Heredoc> read(String word) {
        Matcher matched = WORD.matcher(word);
        if (!matched.matches()) {
            return Optional.empty();
        }
        String written = matched.group(2);
        String name = written.replaceAll("['\"]", "").replaceAll("\\\\(.)", "$1");
        boolean single = !name.isEmpty() && name.chars().noneMatch(Character::isWhitespace);
        boolean quoted = written.indexOf('"') >= 0 || written.indexOf('\'') >= 0;
        return single ? Optional.of(new Heredoc(name, !quoted, !matched.group(1).isEmpty(), "")) : Optional.empty();
    }

    /** Words with their quotes; none where a quote is left open. */
    private List<String> cut() {
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && quote != '\'') {
                word.append(c).append(i + 1 < line.length() ? line.substring(i + 1, i + 2) : "");
                i++;
            } else if (quote == 0 && Character.isWhitespace(c) && !announced()) {
                end();
            } else {
                quote = quote == 0 && (c == '"' || c == '\'') ? c : c == quote ? 0 : quote;
                word.append(c);
            }
        }
        end();
        return quote == 0 ? words : List.of();
    }

    /** Blanks may stand between the sign and the name. */
    private boolean announced() {
        int end = word.length();
        while (end > 0 && Character.isWhitespace(word.charAt(end - 1))) {
            end--;
        }
        boolean sign = end > 1 && word.charAt(end - 1) == '<' && word.charAt(end - 2) == '<';
        word.setLength(sign ? end : word.length()); // or the next blank would pay for all before it
        return sign;
    }

    private void end() {
        if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }
}
