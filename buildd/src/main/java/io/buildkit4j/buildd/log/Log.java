package io.buildkit4j.buildd.log;

import io.buildkit4j.footing.Fault;
import java.io.PrintStream;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/**
 * The daemon's own log: one line an event, {@code time="…" level=info msg="…" key=value}, as logrus writes its text format.
 * Safe for any thread. Stack traces only when debugging.
 */
public final class Log {
    private final PrintStream out;
    private final boolean debugging;
    private final Clock clock;

    /** Lines go to the stream; debug lines and stack traces only when {@code debugging}. */
    public Log(PrintStream out, boolean debugging, Clock clock) {
        this.out = out;
        this.debugging = debugging;
        this.clock = clock;
    }

    /** A log that keeps quiet, unless something is to be debugged. */
    public static Log silent() {
        return new Log(new PrintStream(PrintStream.nullOutputStream()), false, Clock.systemUTC());
    }

    /** What an operator wants to know. {@code fields} are keys and values in turn. */
    public void info(String message, Object... fields) {
        line("info", message, fields);
    }

    /** What should not be, though the daemon goes on. */
    public void warning(String message, Object... fields) {
        line("warning", message, fields);
    }

    /** What failed. The cause's message is a field; its stack is written when debugging, or when it is a defect of the program. */
    public void error(String message, Throwable cause, Object... fields) {
        Object[] all = new Object[fields.length + 2];
        System.arraycopy(fields, 0, all, 0, fields.length);
        all[fields.length] = "error";
        all[fields.length + 1] = cause instanceof Fault fault ? fault.getMessage() : String.valueOf(cause);
        line("error", message, all);
        stack(cause);
    }

    /** Details; nothing unless debugging. */
    public void debug(String message, Object... fields) {
        if (debugging) {
            line("debug", message, fields);
        }
    }

    /** Whether debug lines are written. */
    public boolean debugging() {
        return debugging;
    }

    private void stack(Throwable cause) {
        if (debugging) {
            cause.printStackTrace(out);
        }
    }

    private void line(String level, String message, Object... fields) {
        StringBuilder line = new StringBuilder(128)
                .append("time=\"")
                .append(clock.instant().truncatedTo(ChronoUnit.SECONDS))
                .append("\" level=")
                .append(level)
                .append(" msg=")
                .append(quoted(message));
        for (int i = 0; i + 1 < fields.length; i += 2) {
            String value = String.valueOf(fields[i + 1]);
            line.append(' ').append(fields[i]).append('=').append(plain(value) ? value : quoted(value));
        }
        out.println(line);
    }

    private static boolean plain(String value) {
        return !value.isEmpty()
                && value.chars().allMatch(c -> Character.isLetterOrDigit(c) || "-._/@^+:".indexOf(c) >= 0);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
