package io.buildkit4j.buildctl.explain;

import io.buildkit4j.client.Explanation;
import io.buildkit4j.client.Explanation.Cause;
import io.buildkit4j.client.Explanation.Step;
import io.buildkit4j.client.Explanation.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An explanation as lines: verdict, step, cause; of a plan with the seconds that are expected. */
public final class ExplanationTable {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final Pattern PLACE = Pattern.compile("(\\[[^\\]]*\\d+/\\d+]) .*", Pattern.DOTALL);
    private static final int WIDEST_NAME = 48;

    private final int columns;
    private final boolean internal;

    /**
     * How to write.
     *
     * @param columns lines are cut to so many characters
     * @param internal whether steps that frontends make for themselves are shown
     */
    public ExplanationTable(int columns, boolean internal) {
        this.columns = columns;
        this.internal = internal;
    }

    /** What became of a build. */
    public String build(Explanation explanation) {
        return write(explanation, false);
    }

    /** What would become of one. */
    public String plan(Explanation explanation) {
        return write(explanation, true);
    }

    private String write(Explanation explanation, boolean plan) {
        List<Step> steps = explanation.steps().stream()
                .filter(step -> internal || !step.internal())
                .toList();
        int width = steps.stream()
                .mapToInt(step -> Math.min(WIDEST_NAME, line(step.name()).length()))
                .max()
                .orElse(0);
        StringBuilder text = new StringBuilder();
        text.append(head(explanation, plan)).append('\n');
        for (Step step : steps) {
            String seconds = plan ? String.format(Locale.ROOT, "%8s  ", seconds(step)) : "";
            String name = cut(line(step.name()), WIDEST_NAME);
            String line = String.format(
                    Locale.ROOT,
                    "%-8s%s%-" + Math.max(1, width) + "s  %s",
                    word(step.verdict()),
                    seconds,
                    name,
                    why(step));
            text.append(cut(line.stripTrailing(), columns)).append('\n');
        }
        return text.append(foot(steps, plan)).append('\n').toString();
    }

    private static boolean planned(Step step) {
        return step.verdict() == Verdict.WOULD_RUN || step.verdict() == Verdict.UNKNOWN;
    }

    private static String head(Explanation explanation, boolean plan) {
        String own = plan ? "plan" : "build " + explanation.reference() + " of " + time(explanation.created());
        return explanation.previous().isEmpty()
                ? own + "\nthe first of its kind that is remembered"
                : own + "\ncompared with " + explanation.previous()
                        + explanation
                                .previousCreated()
                                .map(time -> " of " + time(time))
                                .orElse("");
    }

    private static String time(Instant time) {
        return TIME.format(time);
    }

    private static String word(Verdict verdict) {
        return switch (verdict) {
            case HIT_BY_DEFINITION, HIT_BY_CONTENT, SPARED -> "hit";
            case RUN, WOULD_RUN -> "miss";
            case FAILED -> "failed";
            case UNKNOWN -> "unknown";
            case UNDECIDED -> "-";
        };
    }

    private static String seconds(Step step) {
        if (!planned(step)) {
            return "";
        }
        return step.expected().map(expected -> "~" + seconds(expected)).orElse("?");
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1fs", duration.toMillis() / 1000.0);
    }

    private static String why(Step step) {
        Optional<Cause> cause = step.cause();
        if (cause.isEmpty()) {
            return "";
        }
        Cause why = cause.get();
        String from = why.vertex().equals(step.vertex()) || why.step().isEmpty() ? "" : place(why.step()) + ": ";
        return from + why.summary();
    }

    private static String place(String name) {
        Matcher placed = PLACE.matcher(name);
        return placed.matches() ? placed.group(1) : cut(line(name), WIDEST_NAME / 2);
    }

    private static String line(String name) {
        return name.replaceAll("\\s+", " ").strip();
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, Math.max(0, length - 1)) + "…";
    }

    private static String foot(List<Step> steps, boolean plan) {
        List<Step> made = steps.stream()
                .filter(step -> !step.verdict().isHit() && step.verdict() != Verdict.UNDECIDED)
                .toList();
        if (!plan) {
            Duration took = made.stream().map(Step::took).reduce(Duration.ZERO, Duration::plus);
            return made.size() + " of " + steps.size() + " steps ran, " + seconds(took);
        }
        Duration expected =
                made.stream().map(step -> step.expected().orElse(Duration.ZERO)).reduce(Duration.ZERO, Duration::plus);
        long unheard = made.stream().filter(step -> step.expected().isEmpty()).count();
        long unknown =
                made.stream().filter(step -> step.verdict() == Verdict.UNKNOWN).count();
        return (made.size() - unknown) + " of " + steps.size() + " steps would run"
                + (unknown == 0 ? "" : ", " + unknown + " more may")
                + (unheard == made.size() && !made.isEmpty() ? "" : ", about " + seconds(expected) + " of work")
                + (unheard == 0 || unheard == made.size() ? "" : " and " + unheard + " without experience");
    }
}
