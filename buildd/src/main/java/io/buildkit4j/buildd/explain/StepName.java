package io.buildkit4j.buildd.explain;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A step's name taken apart, as frontends put it together: {@code [linux/amd64 stage 2/5] RUN make}.
 *
 * @param stage with the platform where it was named; empty for a name of another form
 * @param number 0 for a name of another form
 * @param text what follows the brackets, or the whole name; digests of images are left out
 */
record StepName(String stage, int number, String text) {
    private static final Pattern FORM =
            Pattern.compile("\\[(?:(.*?)\\s+)?\\s*(\\d{1,6})/\\d{1,6}] (.*)", Pattern.DOTALL);
    private static final Pattern PINNED = Pattern.compile("@sha256:[0-9a-f]{64}");
    private static final Pattern LOGIN = Pattern.compile("://[^/@\\s]+@");

    static StepName of(String name) {
        String text = shown(name);
        Matcher form = FORM.matcher(text);
        return form.matches()
                ? new StepName(
                        form.group(1) == null ? "" : form.group(1), Integer.parseInt(form.group(2)), form.group(3))
                : new StepName("", 0, text);
    }

    /** The name without digests of images and without logins in addresses. */
    static String shown(String name) {
        return LOGIN.matcher(PINNED.matcher(name).replaceAll("")).replaceAll("://***@");
    }

    /** Whether it stands at a place of a file. */
    boolean placed() {
        return number > 0;
    }

    /** Whether it is housekeeping of a frontend. */
    static boolean internal(String name) {
        return name.startsWith("[internal]");
    }

    /** Whether the stage has this name; a platform may stand before it. */
    boolean inStage(String wanted) {
        return stage.equals(wanted) || stage.endsWith(" " + wanted);
    }
}
