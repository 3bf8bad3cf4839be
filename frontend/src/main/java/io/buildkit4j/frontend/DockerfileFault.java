package io.buildkit4j.frontend;

import io.buildkit4j.footing.Kind;
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
        String[] lines = text.split("\n", -1);
        StringBuilder out = new StringBuilder(file).append(':').append(first).append("\n--------------------\n");
        for (int line = Math.max(1, first - AROUND); line <= Math.min(lines.length, last + AROUND); line++) {
            String mark = line >= first && line <= last ? ">>>" : "   ";
            out.append(String.format(java.util.Locale.ROOT, " %3d | %s %s%n", line, mark, lines[line - 1]));
        }
        return out.append("--------------------\n").toString();
    }

    /** Lines of a file, from 1, both ends included. */
    public record Place(String file, String text, int first, int last) {}
}
