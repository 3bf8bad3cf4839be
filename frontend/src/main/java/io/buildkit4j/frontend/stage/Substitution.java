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
    private final Allowance allowance;
    private final Consumer<String> asked;

    /** Values by name; a name that is not there is unset. The map is looked at with each expansion, not copied. */
    public Substitution(Map<String, String> values, char escape) {
        this(values, escape, new Allowance());
    }

    /** The same, as one of those that share what they may cost. */
    public Substitution(Map<String, String> values, char escape, Allowance allowance) {
        this(values, escape, allowance, name -> {});
    }

    /** The same, which tells each name that is asked for, be it set or not. */
    public Substitution(Map<String, String> values, char escape, Allowance allowance, Consumer<String> asked) {
        this.values = values;
        this.escape = escape;
        this.allowance = allowance;
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
        return new Reader(text, Quotes.TAKEN, false).all();
    }

    /** Expands, and leaves quotes as they are: for texts that are no words. Escapes are taken away. */
    public String text(String text) {
        return new Reader(text, Quotes.UNKNOWN, false).all();
    }

    /** For people to read: quotes stay, and so do variables that are not set. What cannot be expanded is left as it is. */
    public String shown(String text) {
        try {
            return new Reader(text, Quotes.KEPT, true).all();
        } catch (FrontendFault broken) {
            return text;
        }
    }

    /** What becomes of quotes. */
    private enum Quotes {
        TAKEN,
        KEPT,
        UNKNOWN
    }

    private static final int DEEPEST = 100;
    private static final int LONGEST = 4 << 20;

    private final class Reader {
        private final String text;
        private final Quotes quotes;
        private final boolean keepUnset;
        private int at;
        private int depth;
        private long taken;

        Reader(String text, Quotes quotes, boolean keepUnset) {
            this.text = text;
            this.quotes = quotes;
            this.keepUnset = keepUnset;
        }

        String all() {
            try {
                return until('\0', false);
            } catch (FrontendFault broken) {
                throw new FrontendFault(
                        Kind.INVALID_ARGUMENT, "failed to process \"" + text + "\": " + broken.getMessage(), broken);
            }
        }

        /** Reads past an unquoted end; NUL is the end of the text. */
        private String until(char end, boolean keepEscapes) {
            StringBuilder out = new StringBuilder();
            while (at < text.length()) {
                char c = text.charAt(at++);
                if (end != 0 && c == end) {
                    return out.toString();
                }
                if (c == escape) {
                    out.append(keepEscapes ? String.valueOf(escape) : "");
                    out.append(at < text.length() ? text.substring(at, at + 1) : "");
                    at++;
                } else if (c == '$') {
                    out.append(variable());
                } else if (c == '\'' && quotes != Quotes.UNKNOWN) {
                    out.append(singleQuoted());
                } else if (c == '"' && quotes != Quotes.UNKNOWN) {
                    out.append(doubleQuoted(keepEscapes));
                } else {
                    out.append(c);
                }
            }
            if (end != 0) {
                throw fault("syntax error: missing '" + end + "'" + (end == '/' ? " in ${}" : ""));
            }
            return out.toString();
        }

        private String singleQuoted() {
            int close = text.indexOf('\'', at);
            if (close < 0) {
                throw fault("unexpected end of statement while looking for matching single-quote");
            }
            String inner = text.substring(at, close);
            at = close + 1;
            return quotes == Quotes.KEPT ? "'" + inner + "'" : inner;
        }

        private String doubleQuoted(boolean keepEscapes) {
            String mark = quotes == Quotes.KEPT ? "\"" : "";
            StringBuilder out = new StringBuilder(mark);
            while (at < text.length()) {
                char c = text.charAt(at++);
                if (c == '"') {
                    return out.append(mark).toString();
                }
                if (c == '$') {
                    out.append(variable());
                } else if (c == escape) {
                    char next = at < text.length() ? text.charAt(at) : 0;
                    boolean special = next == '"' || next == '$' || next == escape;
                    out.append(keepEscapes || (!special && next != 0) ? String.valueOf(c) : "");
                    out.append(special ? String.valueOf(next) : "");
                    at += special ? 1 : 0;
                } else {
                    out.append(c);
                }
            }
            throw fault("unexpected end of statement while looking for matching double-quote");
        }

        /** Texts that double themselves, or nest without end, must not take the daemon's memory. */
        private String variable() {
            if (++depth > DEEPEST) {
                throw fault("variables are nested more than " + DEEPEST + " deep");
            }
            String value = expanded();
            depth--;
            taken += value.length();
            allowance.letters(value.length());
            if (taken > LONGEST) {
                throw fault("values of variables are longer than " + LONGEST + " characters");
            }
            return value;
        }

        private String expanded() {
            if (at < text.length() && text.charAt(at) == '{') {
                at++;
                return braced();
            }
            String name = name();
            if (name.isEmpty()) {
                return "$";
            }
            Optional<String> value = value(name);
            return value.orElse(keepUnset ? "$" + name : "");
        }

        /** Letters, digits and underlines; or digits alone; or one of the shell's own. */
        private String name() {
            int start = at;
            if (at < text.length() && "@*#?-$!".indexOf(text.charAt(at)) >= 0) {
                at++;
            } else if (at < text.length() && Character.isDigit(text.charAt(at))) {
                while (at < text.length() && Character.isDigit(text.charAt(at))) {
                    at++;
                }
            } else {
                while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
                    at++;
                }
            }
            return text.substring(start, at);
        }

        private String braced() {
            int start = at - 2;
            String name = at < text.length() && "{}:".indexOf(text.charAt(at)) >= 0 ? "" : name();
            if (at >= text.length()) {
                throw fault("syntax error: missing '}'");
            }
            if (name.isEmpty()) {
                throw fault("syntax error: bad substitution");
            }
            Optional<String> value = value(name);
            char form = text.charAt(at++);
            String result = switch (form) {
                case '}' -> value.orElse("");
                case ':' -> defaulted(name, at < text.length() ? text.charAt(at++) : 0, value, true);
                case '-', '+', '?' -> defaulted(name, form, value, false);
                case '#', '%' -> stripped(form, value.orElse(""));
                case '/' -> replaced(value.orElse(""));
                default -> throw fault("unsupported modifier (" + form + ") in substitution");
            };
            return keepUnset && value.isEmpty() ? text.substring(start, at) : result;
        }

        private String stripped(char form, String value) {
            boolean longest = at < text.length() && text.charAt(at) == form;
            at += longest ? 1 : 0;
            return Globs.strip(value, until('}', true), form == '#', longest, allowance);
        }

        private String defaulted(String name, char kind, Optional<String> value, boolean emptyIsUnset) {
            if (kind == 0) {
                throw fault("syntax error: missing '}'");
            }
            if (kind != '-' && kind != '+' && kind != '?') {
                throw fault("unsupported modifier (:" + kind + ") in substitution");
            }
            String word = until('}', false);
            boolean given = value.filter(set -> !emptyIsUnset || !set.isEmpty()).isPresent();
            if (kind == '?' && !given && !keepUnset) {
                String reason = value.isPresent() ? "is not allowed to be empty" : "is not allowed to be unset";
                throw fault(name + ": " + (word.isEmpty() ? reason : word));
            }
            return kind == '+' ? given ? word : "" : given ? value.orElse("") : word;
        }

        private String replaced(String value) {
            boolean all = at < text.length() && text.charAt(at) == '/';
            at += all ? 1 : 0;
            String pattern = until('/', true);
            return Globs.replace(value, pattern, until('}', true), all, allowance);
        }

        private FrontendFault fault(String what) {
            return new FrontendFault(Kind.INVALID_ARGUMENT, what);
        }
    }
}
