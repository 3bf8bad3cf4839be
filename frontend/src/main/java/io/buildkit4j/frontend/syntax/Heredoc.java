package io.buildkit4j.frontend.syntax;

/**
 * A text given in the Dockerfile itself.
 *
 * @param expand whether variables in it are expanded
 * @param content every line ends with a line feed
 */
public record Heredoc(String name, boolean expand, boolean stripTabs, String content) {
    /** As written, without its descriptor. */
    public String word() {
        return "<<" + (stripTabs ? "-" : "") + name;
    }
}
