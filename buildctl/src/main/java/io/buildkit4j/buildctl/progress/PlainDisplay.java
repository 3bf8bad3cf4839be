package io.buildkit4j.buildctl.progress;

import io.buildkit4j.client.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** One line for everything that happens, each begun with the number of its step; steps are kept together where possible. */
final class PlainDisplay implements Display {
    /** How long a step that still runs keeps the floor while others have something to say. */
    private static final Duration FLOOR = Duration.ofMillis(500);

    private final PrintStream out;
    private final Steps steps = new Steps();
    private int current;
    private Instant floorSince = Instant.EPOCH;

    PlainDisplay(PrintStream out) {
        this.out = out;
    }

    @Override
    public void show(Progress frame) {
        steps.apply(frame);
        flush(false);
    }

    /** A step that waited for the floor may have it by now. */
    @Override
    public void tick() {
        flush(false);
    }

    private void flush(boolean all) {
        StringBuilder text = new StringBuilder();
        Instant now = Instant.now();
        List<Step> visible = steps.visible();
        if (current > 0) {
            say(visible.get(current - 1), text);
        }
        for (Step step : visible) {
            boolean free = current == 0 || Duration.between(floorSince, now).compareTo(FLOOR) > 0;
            boolean ready = step.completed().isPresent() && !step.ended;
            if (step.number != current && (all || free || ready) && hasNews(step)) {
                if (current != 0) {
                    text.append('\n');
                }
                current = step.number;
                floorSince = now;
                say(step, text);
            }
        }
        if (!text.isEmpty()) {
            out.print(text);
            out.flush();
        }
    }

    private static boolean hasNews(Step step) {
        return !step.announced || !step.pending.isEmpty() || (step.completed().isPresent() && !step.ended);
    }

    private void say(Step step, StringBuilder text) {
        String head = "#" + step.number + " ";
        if (!step.announced) {
            step.announced = true;
            text.append(head).append(step.name).append('\n');
        }
        Instant begin = step.started().orElse(Instant.EPOCH);
        step.pending.forEach(
                line -> text.append(head).append(Steps.stamped(line, begin)).append('\n'));
        step.pending.clear();
        if (!step.ended && (step.completed().isPresent() || !step.error().isEmpty())) {
            step.ended = true;
            text.append(head).append(step.verdict(Instant.now())).append('\n');
            floorSince = Instant.EPOCH;
        }
    }

    @Override
    public void close() {
        flush(true);
        String closing = steps.closing();
        if (!closing.isEmpty()) {
            out.print(closing);
        }
        out.flush();
    }
}
