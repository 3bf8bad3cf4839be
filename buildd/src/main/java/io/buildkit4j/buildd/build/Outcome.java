package io.buildkit4j.buildd.build;

import java.util.List;
import java.util.Optional;

/**
 * What a frontend answers.
 *
 * @param trees one, or one for each platform
 * @param byPlatform whether the trees are told apart by platform, be it only one
 * @param notes what is said about them, such as the configuration of an image
 */
public record Outcome(List<Tree> trees, boolean byPlatform, List<Note> notes) {
    /** Nothing at all: what a client returns that only wanted to look. */
    public static final Outcome NOTHING = new Outcome(List.of(), false, List.of());

    /** Lists are copied. */
    public Outcome {
        trees = List.copyOf(trees);
        notes = List.copyOf(notes);
    }

    /**
     * A tree by its id in the build's gateway.
     *
     * @param platform the key that the notes speak of it by; empty for the only one
     * @param id empty for the empty tree
     */
    public record Tree(String platform, String id) {}

    /** A note in the protocol's vocabulary, such as {@code containerimage.config}, whose value is JSON. */
    public record Note(String key, String value) {}

    Optional<String> note(String key) {
        return notes.stream()
                .filter(note -> note.key().equals(key))
                .map(Note::value)
                .findFirst();
    }
}
