package io.buildkit4j.frontend.call;

import io.buildkit4j.frontend.Described.Note;
import java.util.List;

/** A question about a file. */
interface Call {
    /** How it is announced. */
    Announced announced();

    /** The answer. */
    List<Note> answer(Asked asked) throws InterruptedException;

    /**
     * How a call is announced.
     *
     * @param options names of those that matter, with what they mean; absent where the question has not been thought of
     * @param notes names of what is answered
     */
    record Announced(
            String name,
            String version,
            String description,
            java.util.Optional<List<Named>> options,
            List<String> notes) {}

    /** A name and what it means. */
    record Named(String name, String description) {}
}
