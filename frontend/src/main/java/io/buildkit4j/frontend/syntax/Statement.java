package io.buildkit4j.frontend.syntax;

import io.buildkit4j.frontend.DockerfileFault;
import java.util.List;
import java.util.Optional;

/**
 * One instruction as text.
 *
 * @param keyword in upper case
 * @param original the whole of it, continuations joined
 * @param rest what follows keyword and flags
 * @param json the rest as a JSON list of texts, where it is one
 * @param margin what the author wrote around it
 */
public record Statement(
        String keyword,
        String original,
        List<Flag> flags,
        String rest,
        Optional<List<String>> json,
        List<Heredoc> heredocs,
        Margin margin,
        DockerfileFault.Place place) {
    /**
     * What has no meaning for a build.
     *
     * @param comments on the lines before, since the last instruction or empty comment, without their {@code #}
     * @param gap the line where an instruction ends that has blank lines inside; 0 where it has none
     */
    public record Margin(List<String> comments, int gap) {
        /** The list is copied. */
        public Margin {
            comments = List.copyOf(comments);
        }
    }

    /** The keyword in the case that the author wrote. */
    public String written() {
        return original.split("\\s", 2)[0];
    }

    /** {@code --name=value}; the value is empty where there is none. */
    public record Flag(String name, Optional<String> value) {}

    /** A fault of its meaning rather than of its form. */
    public DockerfileFault blame(String message) {
        return new DockerfileFault(place, message, null);
    }

    /** A fault of its form. */
    public DockerfileFault fault(String message) {
        String where = place.first() == 0 ? "" : "dockerfile parse error on line " + place.first() + ": ";
        return new DockerfileFault(place, where + message, null);
    }
}
