package io.buildkit4j.frontend;

import java.util.List;
import java.util.Optional;

/** The answer of a frontend. */
public sealed interface Described {
    /** One build for each platform that was asked for, at least one. */
    record Here(List<PlatformBuild> builds) implements Described {
        /** The list is copied. */
        public Here {
            builds = List.copyOf(builds);
        }
    }

    /**
     * Another frontend is to be asked with the same options: the one in an image.
     *
     * @param image as written
     * @param line what was written after {@code syntax=}, image included; that frontend is told of it
     * @param place where it was written, if in a file
     */
    record Elsewhere(String image, String line, Optional<DockerfileFault.Place> place) implements Described {}

    /** No build: what was asked is answered. */
    record Answered(List<Note> notes) implements Described {
        /** The list is copied. */
        public Answered {
            notes = List.copyOf(notes);
        }
    }

    /** A part of an answer under the name that clients look for, such as {@code result.json} or {@code result.txt}. */
    record Note(String name, String text) {}
}
