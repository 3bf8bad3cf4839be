package io.buildkit4j.frontend.syntax;

import io.buildkit4j.footing.Tails;
import io.buildkit4j.frontend.DockerfileFault;
import io.buildkit4j.frontend.DockerfileFault.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a Dockerfile's text; usable on its own. */
public final class DockerfileSyntax {
    private static final Pattern DIRECTIVE = Pattern.compile("#\\s*+([a-zA-Z][a-zA-Z0-9]*+)\\s*+=\\s*+(.+)");

    private static final Set<String> DIRECTIVES = Set.of("syntax", "escape", "check");
    private static final Set<String> JSON_FORMS = Set.of("ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME");

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
        this.lines = text.split("\n", -1);
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
        Set<String> seen = new HashSet<>();
        int line = lines[0].startsWith("#!") ? 1 : 0;
        for (; line < lines.length; line++) {
            Matcher directive = DIRECTIVE.matcher(lines[line].strip());
            if (!directive.matches()) {
                return;
            }
            String name = directive.group(1).toLowerCase(Locale.ROOT);
            if (!DIRECTIVES.contains(name)) {
                return;
            }
            at = line + 1; // no comment on what follows
            Place place = new Place(file, text, line + 1, line + 1);
            if (!seen.add(name)) {
                throw new DockerfileFault(place, "only one " + name + " parser directive can be used", null);
            }
            direct(name, directive.group(2), place);
        }
    }

    private void direct(String name, String value, Place place) {
        switch (name) {
            case "escape" -> {
                if (!value.equals("\\") && !value.equals("`")) {
                    throw new DockerfileFault(
                            place, "invalid escape token '" + value + "' does not match ` or \\", null);
                }
                escape = value.charAt(0);
            }
            case "check" -> check = value;
            default -> {} // whoever syntax means has been asked already
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
            String line = Tails.cut(lines[at++], '\r');
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
        List<Heredoc> heredocs = takesHeredocs(keyword, rest) ? heredocs(original, first) : List.of();
        List<Statement.Flag> flags = new ArrayList<>();
        String body = new FlagCutter(rest, escape).cut(flags);
        Optional<List<String>> json = JSON_FORMS.contains(keyword) ? JsonWords.read(body) : Optional.empty();
        Place place = new Place(file, text, first, Math.max(first, at));
        if (JSON_FORMS.contains(keyword) && json.isEmpty() && JsonWords.isMixed(body)) {
            throw new DockerfileFault(
                    place,
                    "dockerfile parse error on line " + first
                            + ": when using JSON array syntax, arrays must be comprised of strings only",
                    null);
        }
        return new Statement(keyword, original, flags, body, json, heredocs, margin, place);
    }

    /** The escape goes on in the next line, unless it is itself escaped. */
    private boolean continued(String line) {
        String end = blanksCut(line);
        int last = end.length() - 1;
        return last >= 0 && end.charAt(last) == escape && (last == 0 || end.charAt(last - 1) != escape);
    }

    private String cutContinuation(String line) {
        String end = blanksCut(line);
        return continued(line) ? end.substring(0, end.length() - 1) : line;
    }

    private static String blanksCut(String line) {
        int end = line.length();
        while (end > 0 && (line.charAt(end - 1) == ' ' || line.charAt(end - 1) == '\t')) {
            end--;
        }
        return line.substring(0, end);
    }

    private static int tabs(String line) {
        int count = 0;
        while (count < line.length() && line.charAt(count) == '\t') {
            count++;
        }
        return count;
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

    private List<Heredoc> heredocs(String line, int first) {
        List<Heredoc> found = new ArrayList<>();
        for (Heredoc wanted : HeredocWords.find(line)) {
            StringBuilder content = new StringBuilder();
            boolean ended = false;
            while (!ended && at < lines.length) {
                String next = lines[at++];
                String last = wanted.stripTabs() ? next.substring(tabs(next)) : next;
                ended = Tails.cut(last, '\r').equals(wanted.name());
                if (!ended) {
                    content.append(next).append('\n');
                }
            }
            if (!ended) {
                throw new DockerfileFault(
                        new Place(file, text, first, first),
                        "dockerfile parse error on line " + first + ": unterminated heredoc",
                        null);
            }
            found.add(new Heredoc(wanted.name(), wanted.expand(), wanted.stripTabs(), content.toString()));
        }
        return found;
    }
}
