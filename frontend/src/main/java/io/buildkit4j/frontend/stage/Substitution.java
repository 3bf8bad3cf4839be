package io.buildkit4j.frontend.stage;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.FrontendFault;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Expands variables in a word: all forms of the Dockerfile reference. */
public final class Substitution {
    private final Map<String, String> values;
    private final char escape;
    private final Consumer<String> asked;

    /** Values by name; a name that is not there is unset. The map is looked at with each expansion, not copied. */
    public Substitution(Map<String, String> values, char escape) {
        this(values, escape, name -> {});
    }

    /** The same, which tells each name that is asked for, be it set or not. */
    public Substitution(Map<String, String> values, char escape, Consumer<String> asked) {
        this.values = values;
        this.escape = escape;
        this.asked = asked;
    }

    private Optional<String> value(String name) {
        asked.accept(name);
        return Optional.ofNullable(values.get(name));
    }

    /**
     * Expands, and takes quotes and escapes away.
     *
     * @throws FrontendFault INVALID_ARGUMENT when a brace or quote is left open, a form is unknown or a wanted value missing
     */
    public String word(String text) {
        return new Reader(text, false).until('\0');
    }

    /** Expands, and leaves quotes as they are: for texts that are no words. */
    public String text(String text) {
        return new Reader(text, true).until('\0');
    }

    private final class Reader {
        private final String text;
        private final boolean raw;
        private int at;

        Reader(String text, boolean raw) {
            this.text = text;
            this.raw = raw;
        }

        /** Reads to an unquoted end, which is left behind; NUL is the end of the text. */
        String until(char end) {
            StringBuilder out = new StringBuilder();
            while (at < text.length()) {
                char c = text.charAt(at);
                if (end != 0 && c == end) {
                    return out.toString();
                }
                at++;
                if (c == escape) {
                    escaped(out);
                } else if (c == '$') {
                    out.append(variable());
                } else if (c == '\'' && !raw) {
                    int close = text.indexOf('\'', at);
                    if (close < 0) {
                        throw fault("unexpected end of statement while looking for matching single-quote");
                    }
                    out.append(text, at, close);
                    at = close + 1;
                } else if (c == '"' && !raw) {
                    out.append(doubleQuoted());
                } else {
                    out.append(c);
                }
            }
            if (end != 0) {
                throw fault("syntax error: missing '" + end + "'");
            }
            return out.toString();
        }

        private void escaped(StringBuilder out) {
            if (at >= text.length()) {
                out.append(escape);
                return;
            }
            char next = text.charAt(at++);
            if (raw && next != '$' && next != escape) {
                out.append(escape);
            }
            out.append(next);
        }

        private String doubleQuoted() {
            StringBuilder out = new StringBuilder();
            while (at < text.length()) {
                char c = text.charAt(at++);
                if (c == '"') {
                    return out.toString();
                }
                if (c == '$') {
                    out.append(variable());
                } else if (c == escape && at < text.length()) {
                    char next = text.charAt(at++);
                    if (next != '"' && next != '$' && next != escape) {
                        out.append(c);
                    }
                    out.append(next);
                } else {
                    out.append(c);
                }
            }
            throw fault("unexpected end of statement while looking for matching double-quote");
        }

        private String variable() {
            if (at < text.length() && text.charAt(at) == '{') {
                at++;
                return braced();
            }
            String name = name();
            return name.isEmpty() ? "$" : value(name).orElse("");
        }

        private String name() {
            int start = at;
            if (at < text.length() && Character.isDigit(text.charAt(at))) {
                at++;
                return text.substring(start, at);
            }
            while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
                at++;
            }
            return text.substring(start, at);
        }

        private String braced() {
            String name = name();
            if (name.isEmpty() || at >= text.length()) {
                throw fault(name.isEmpty() ? "bad substitution" : "syntax error: missing '}'");
            }
            Optional<String> value = value(name);
            char form = text.charAt(at++);
            return switch (form) {
                case '}' -> value.orElse("");
                case ':' -> {
                    char kind = at < text.length() ? text.charAt(at++) : 0;
                    yield defaulted(name, kind, value.filter(set -> !set.isEmpty()));
                }
                case '-', '+', '?' -> defaulted(name, form, value);
                case '#', '%' -> {
                    boolean longest = at < text.length() && text.charAt(at) == form;
                    at += longest ? 1 : 0;
                    String pattern = closed();
                    yield Globs.strip(value.orElse(""), pattern, form == '#', longest);
                }
                case '/' -> replaced(value.orElse(""));
                default -> throw fault("unsupported modifier (" + form + ") in substitution");
            };
        }

        private String closed() {
            String inner = until('}');
            at++;
            return inner;
        }

        private String defaulted(String name, char kind, Optional<String> value) {
            String word = closed();
            return switch (kind) {
                case '-' -> value.orElse(word);
                case '+' -> value.isPresent() ? word : "";
                case '?' ->
                    value.orElseThrow(() -> new FrontendFault(
                            Kind.INVALID_ARGUMENT,
                            name + ": " + (word.isEmpty() ? "is not allowed to be unset" : word)));
                default -> throw fault("unsupported modifier (" + kind + ") in substitution");
            };
        }

        private String replaced(String value) {
            boolean all = at < text.length() && text.charAt(at) == '/';
            at += all ? 1 : 0;
            String pattern = until('/');
            at++;
            return Globs.replace(value, pattern, closed(), all);
        }

        private FrontendFault fault(String what) {
            return new FrontendFault(Kind.INVALID_ARGUMENT, "failed to process \"" + text + "\": " + what);
        }
    }
}
