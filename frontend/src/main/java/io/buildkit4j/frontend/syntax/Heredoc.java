package io.buildkit4j.frontend.syntax;

/**
 * A text given in the Dockerfile itself.
 *
 * @param expand whether variables in it are expanded
 * @param stripTabs whether tabs at the beginnings of its lines do not count
 * @param content as written; every line ends with a line feed
 */
public record Heredoc(String name, boolean expand, boolean stripTabs, String content) {
    /** The announcement in a word of an instruction's line, its content still empty; nothing where the word is none. */
    public static java.util.Optional<Heredoc> announced(String word) {
        return HeredocWords.read(word);
    }

    /** The content without the tabs that do not count. */
    public String text() {
        return stripTabs ? content.replaceAll("(?m)^\t+", "") : content;
    }
}
