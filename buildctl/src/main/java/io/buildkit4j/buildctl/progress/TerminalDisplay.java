package io.buildkit4j.buildctl.progress;

import io.buildkit4j.buildctl.terminal.Terminal;
import io.buildkit4j.client.Progress;
import io.buildkit4j.client.Progress.Counter;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Draws the steps over and over in place. Drawn at most ten times a second by whoever brings frames or {@link #tick}. */
final class TerminalDisplay implements Display {
    private static final Duration PACE = Duration.ofMillis(100);
    private static final int LOG_LINES = 6;
    private static final String DONE = "\u001b[34m";
    private static final String FAILED = "\u001b[31m";
    private static final String STOPPED = "\u001b[33m";
    private static final String PLAIN = "\u001b[0m";
    private static final String FAINT = "\u001b[2m";

    private final PrintStream out;
    private final Terminal terminal;
    private final boolean colours;
    private final Steps steps = new Steps();
    private final Instant begun = Instant.now();
    private Instant drawn = Instant.EPOCH;
    private int height;

    TerminalDisplay(PrintStream out, Terminal terminal, boolean colours) {
        this.out = out;
        this.terminal = terminal;
        this.colours = colours;
    }

    @Override
    public void show(Progress frame) {
        steps.apply(frame);
        steps.all().forEach(step -> step.pending.clear());
        tick();
    }

    /** Draws again if it is time. */
    @Override
    public void tick() {
        if (Duration.between(drawn, Instant.now()).compareTo(PACE) >= 0) {
            draw(false);
        }
    }

    private void draw(boolean last) {
        drawn = Instant.now();
        int width = Math.max(20, terminal.columns());
        List<String> lines = new ArrayList<>();
        List<Step> visible = steps.visible();
        long done =
                visible.stream().filter(step -> step.completed().isPresent()).count();
        String head = Texts.seconds(
                "[+] Building %.1fs", Duration.between(begun, drawn).toMillis() / 1000.0);
        lines.add(cut(head + " (" + done + "/" + visible.size() + ")" + (last ? " FINISHED" : ""), width));
        int room = last ? Integer.MAX_VALUE : Math.max(4, terminal.rows() - 2);
        visible.forEach(step -> lines.addAll(block(step, width, last)));
        List<String> shown = lines.size() <= room ? lines : fitting(lines, room);
        StringBuilder text = new StringBuilder("\u001b[?25l");
        if (height > 0) {
            text.append("\u001b[").append(height).append('A');
        }
        text.append("\r\u001b[J");
        shown.forEach(line -> text.append(line).append('\n'));
        text.append("\u001b[?25h");
        height = shown.size();
        out.print(text);
        out.flush();
    }

    private static List<String> fitting(List<String> lines, int room) {
        List<String> kept = new ArrayList<>();
        kept.add(lines.getFirst());
        kept.addAll(lines.subList(lines.size() - room + 1, lines.size()));
        return kept;
    }

    private List<String> block(Step step, int width, boolean last) {
        List<String> lines = new ArrayList<>();
        String mark =
                step.canceled() ? "CANCELED " : !step.error().isEmpty() ? "ERROR " : step.cached() ? "CACHED " : "";
        String time = Texts.seconds("%.1fs", step.seconds(drawn));
        String left = cut(" => " + mark + step.name, width - time.length() - 1);
        String line = left + " ".repeat(Math.max(1, width - left.length() - time.length())) + time;
        lines.add(colour(step, line));
        if (step.running() && !last) {
            for (Counter counter : step.counters.values()) {
                if (counter.completed().isEmpty()) {
                    lines.add(cut(" => => " + Steps.describe(counter), width));
                }
            }
            for (Step.Line log : step.tail.last(LOG_LINES)) {
                String shown = cut(" => => # " + printable(log.text()), width);
                lines.add(colours ? FAINT + shown + PLAIN : shown);
            }
        }
        return lines;
    }

    private String colour(Step step, String line) {
        if (!colours || step.running()) {
            return line;
        }
        String code = step.canceled() ? STOPPED : !step.error().isEmpty() ? FAILED : DONE;
        return code + line + PLAIN;
    }

    private static String printable(String text) {
        return text.replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "").replaceAll("\\p{Cntrl}", " ");
    }

    private static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, Math.max(0, width - 1)) + "…";
    }

    @Override
    public void close() {
        draw(true);
        out.print(steps.closing());
        out.flush();
    }
}
