package io.buildkit4j.frontend;

import io.buildkit4j.footing.Excerpt;
import io.buildkit4j.footing.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A fault that lines of a Dockerfile are to blame for; it knows them, and can show them. */
public final class DockerfileFault extends FrontendFault {
    private static final long serialVersionUID = 1L;
    private static final int AROUND = 2;

    private final String file;
    private final String text;
    private final int first;
    private final int last;

    /** Lines count from 1; the text is that of the whole file. */
    public DockerfileFault(Place place, String message, @Nullable Throwable cause) {
        super(
                cause instanceof io.buildkit4j.footing.Fault fault ? fault.kind() : Kind.INVALID_ARGUMENT,
                message,
                cause);
        this.file = place.file();
        this.text = place.text();
        this.first = place.first();
        this.last = place.last();
    }

    /** Where it is. */
    public Place place() {
        return new Place(file, text, first, last);
    }

    /** The lines to blame, marked, with their neighbours. */
    public String excerpt() {
        return Excerpt.of(file, List.of(text.split("\n", -1)), first, last, AROUND);
    }

    /** Lines of a file, from 1, both ends included. */
    public record Place(String file, String text, int first, int last) {}
}
