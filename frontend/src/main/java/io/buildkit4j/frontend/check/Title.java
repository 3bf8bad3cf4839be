package io.buildkit4j.frontend.check;

/**
 * How a rule is known.
 *
 * @param name by which it is skipped
 * @param description why it is there
 * @param page its part of the address of a page about it; empty where there is no such page
 * @param experimental whether it is applied only when asked for
 */
public record Title(String name, String description, String page, boolean experimental) {
    /** A rule that is applied unless it is skipped. */
    static Title of(String name, String description, String page) {
        return new Title(name, description, page, false);
    }

    /** A page about it, or nothing. */
    public String url() {
        return page.isEmpty() ? "" : "https://docs.docker.com/go/dockerfile/rule/" + page + "/";
    }
}
