package io.buildkit4j.frontend.syntax;

import io.buildkit4j.frontend.DockerfileFault;
import io.buildkit4j.frontend.DockerfileFault.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a Dockerfile's text; usable on its own. */
public final class DockerfileSyntax {
    private static final Pattern DIRECTIVE = Pattern.compile("^#\\s*([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(.+?)\\s*$");
    private static final Pattern HEREDOC =
            Pattern.compile("(?:^|\\s)\\d*<<(-?)(['\"]?)([A-Za-z_][A-Za-z0-9_.\\-]*)\\2(?=\\s|$)");

    private final String file;
    private final String text;
    private final String[] lines;
    private int at;
    private char escape = '\\';
    private String check = "";
    private final List<String> comments = new ArrayList<>();

    private DockerfileSyntax(String file, String text) {
        this.file = file;
        this.text = text;
        this.lines = text.split("\r?\n", -1);
    }

    /** What a text says: its directives, empty where not given, and its instructions. */
    public record Parsed(char escape, String check, List<Statement> statements) {}

    /**
     * Reads a whole file.
     *
     * @throws DockerfileFault when a heredoc is not ended, a directive is wrong or nothing is there
     */
    public static Parsed parse(String file, String text) {
        String clean = text.startsWith("\uFEFF") ? text.substring(1) : text;
        return new DockerfileSyntax(file, clean).parse();
    }

    /** Reads one instruction that stands somewhere else, such as in a base image. */
    public static Statement parseOne(String line, Place place) {
        DockerfileSyntax reader = new DockerfileSyntax(place.file(), line);
        Statement read = reader.statement();
        return new Statement(
                read.keyword(),
                read.original(),
                read.flags(),
                read.rest(),
                read.json(),
                read.heredocs(),
                new Statement.Margin(List.of(), 0),
                place);
    }

    private Parsed parse() {
        directives();
        List<Statement> statements = new ArrayList<>();
        while (skipBlank()) {
            statements.add(statement());
        }
        if (statements.isEmpty()) {
            throw new DockerfileFault(new Place(file, text, 1, 1), "file with no instructions", null);
        }
        return new Parsed(escape, check, statements);
    }

    private void directives() {
        int line = lines.length > 0 && lines[0].startsWith("#!") ? 1 : 0;
        for (; line < lines.length; line++) {
            Matcher directive = DIRECTIVE.matcher(lines[line].strip());
            if (!directive.matches()) {
                return;
            }
            at = line + 1; // no comment on what follows
            String value = directive.group(2);
            switch (directive.group(1).toLowerCase(Locale.ROOT)) {
                case "escape" -> {
                    if (!value.equals("\\") && !value.equals("`")) {
                        throw new DockerfileFault(
                                new Place(file, text, line + 1, line + 1),
                                "invalid escape token '" + value + "' does not match ` or \\",
                                null);
                    }
                    escape = value.charAt(0);
                }
                case "syntax" -> {} // whoever it means has been asked already
                case "check" -> check = value;
                default -> {
                    at = line;
                    return;
                }
            }
        }
    }

    /** Goes on to the next instruction; the comments on the way are its. */
    private boolean skipBlank() {
        while (at < lines.length && (lines[at].isBlank() || comment(lines[at]))) {
            String line = lines[at++].strip();
            if (line.equals("#")) {
                comments.clear();
            } else if (!line.isEmpty()) {
                comments.add(line.substring(1).strip());
            }
        }
        return at < lines.length;
    }

    private static boolean comment(String line) {
        return line.stripLeading().startsWith("#");
    }

    private Statement statement() {
        int first = at + 1;
        StringBuilder joined = new StringBuilder();
        boolean more = true;
        boolean begun = false;
        boolean gap = false;
        while (more && at < lines.length) {
            String line = lines[at++];
            if (begun && (line.isBlank() || comment(line))) {
                gap |= line.isBlank();
                continue;
            }
            String trimmed = begun ? line : line.stripLeading();
            String cut = cutContinuation(trimmed);
            more = cut.length() < trimmed.length() && continued(trimmed);
            joined.append(more ? cut : trimmed);
            begun = true;
        }
        Statement.Margin margin = new Statement.Margin(comments, gap ? at : 0);
        comments.clear();
        String original = joined.toString().strip();
        int space = firstSpace(original);
        String keyword = original.substring(0, space).toUpperCase(Locale.ROOT);
        String rest = original.substring(space).strip();
        List<Heredoc> heredocs = takesHeredocs(keyword, rest) ? heredocs(rest, first) : List.of();
        List<Statement.Flag> flags = new ArrayList<>();
        String body = keyword.equals("ONBUILD") ? rest : flags(rest, flags);
        boolean label = keyword.equals("LABEL") || keyword.equals("ENV") || keyword.equals("MAINTAINER");
        Optional<List<String>> json = label ? Optional.empty() : JsonWords.read(body);
        Place place = new Place(file, text, first, Math.max(first, at));
        return new Statement(keyword, original, flags, body, json, heredocs, margin, place);
    }

    private boolean continued(String line) {
        String end = line.stripTrailing();
        return !end.isEmpty() && end.charAt(end.length() - 1) == escape;
    }

    private String cutContinuation(String line) {
        String end = line.stripTrailing();
        return continued(line) ? end.substring(0, end.length() - 1) : line;
    }

    private static int firstSpace(String text) {
        int i = 0;
        while (i < text.length() && !Character.isWhitespace(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private static boolean takesHeredocs(String keyword, String rest) {
        return switch (keyword) {
            case "RUN", "COPY", "ADD" -> true;
            case "ONBUILD" -> {
                String inner = rest.substring(0, firstSpace(rest)).toUpperCase(Locale.ROOT);
                yield inner.equals("RUN") || inner.equals("COPY") || inner.equals("ADD");
            }
            default -> false;
        };
    }

    private List<Heredoc> heredocs(String rest, int first) {
        List<Heredoc> found = new ArrayList<>();
        if (JsonWords.read(rest).isPresent()) {
            return found;
        }
        Matcher words = HEREDOC.matcher(rest);
        while (words.find()) {
            boolean strip = !words.group(1).isEmpty();
            String name = words.group(3);
            StringBuilder content = new StringBuilder();
            boolean ended = false;
            while (!ended && at < lines.length) {
                String line = strip ? lines[at].replaceFirst("^\t+", "") : lines[at];
                at++;
                ended = line.equals(name);
                if (!ended) {
                    content.append(line).append('\n');
                }
            }
            if (!ended) {
                throw new DockerfileFault(
                        new Place(file, text, first, first),
                        "dockerfile parse error on line " + first + ": unterminated heredoc",
                        null);
            }
            found.add(new Heredoc(name, words.group(2).isEmpty(), strip, content.toString()));
        }
        return found;
    }

    private static String flags(String rest, List<Statement.Flag> flags) {
        String left = rest;
        while (left.startsWith("--")) {
            int end = wordEnd(left);
            String word = left.substring(2, end);
            left = left.substring(end).stripLeading();
            if (word.isEmpty()) {
                return left;
            }
            int equals = word.indexOf('=');
            flags.add(
                    equals < 0
                            ? new Statement.Flag(word, Optional.empty())
                            : new Statement.Flag(
                                    word.substring(0, equals), Optional.of(unquoted(word.substring(equals + 1)))));
        }
        return left;
    }

    private static int wordEnd(String text) {
        char quote = 0;
        int i = 0;
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == 0 && Character.isWhitespace(c)) {
                break;
            }
            if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            }
        }
        return i;
    }

    private static String unquoted(String text) {
        return text.replace("\"", "").replace("'", "");
    }
}
