package io.buildkit4j.image;

import java.io.IOException;
import java.util.List;

/** The mirrors of a repository and, last, the registry that it is of: whoever answers first is believed. */
record Places(List<RegistryCalls> calls) {
    /** Attempts in a row without a byte, after which mirrors are asked no more. */
    private static final int ENOUGH = 2;

    /** Asks one of them; an answer that cannot be used is an ImageFault. */
    interface Question<T, E extends Exception> {
        T ask(RegistryCalls calls) throws E, InterruptedException;
    }

    /** What a mirror says against it is not told: the registry itself has the last word. */
    <T, E extends Exception> T first(Question<T, E> question) throws E, InterruptedException {
        for (RegistryCalls mirror : calls.subList(0, calls.size() - 1)) {
            try {
                return question.ask(mirror);
            } catch (ImageFault refused) {
                // the next one may have it
            }
        }
        return question.ask(calls.getLast());
    }

    /** The same, without those that break off again and again. */
    <T> T first(int futile, Question<T, IOException> question) throws IOException, InterruptedException {
        return futile >= ENOUGH ? question.ask(calls.getLast()) : first(question);
    }
}
