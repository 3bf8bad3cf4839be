package io.buildkit4j.buildctl.progress;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Cuts a step's output into lines and keeps the last ones; a carriage return begins the line anew, as terminals do. */
final class LogTail {
    private static final int KEPT = 80;

    private final StringBuilder open = new StringBuilder();
    private final Deque<Step.Line> last = new ArrayDeque<>();

    /** Takes output and answers the lines that became whole by it. */
    List<Step.Line> add(byte[] bytes, Instant time) {
        List<Step.Line> whole = new ArrayList<>();
        String text = new String(bytes, StandardCharsets.UTF_8);
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\n') {
                whole.add(end(time));
            } else if (c == '\r') {
                if (at + 1 < text.length() && text.charAt(at + 1) != '\n') {
                    open.setLength(0);
                }
            } else {
                open.append(c);
            }
        }
        return whole;
    }

    /** The unfinished last line, when the step has ended without a newline. */
    List<Step.Line> rest(Instant time) {
        return open.isEmpty() ? List.of() : List.of(end(time));
    }

    private Step.Line end(Instant time) {
        Step.Line line = new Step.Line(Optional.of(time), open.toString());
        open.setLength(0);
        last.addLast(line);
        if (last.size() > KEPT) {
            last.removeFirst();
        }
        return line;
    }

    /** At most this many of the last lines. */
    List<Step.Line> last(int count) {
        return last.stream().skip(Math.max(0, last.size() - count)).toList();
    }
}
