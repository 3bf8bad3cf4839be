package io.buildkit4j.wire;

import io.buildkit4j.footing.Kind;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Include and exclude patterns in the syntax of {@code .dockerignore}: {@code *} and {@code ?} stay inside one path part,
 * {@code **} crosses parts, {@code [a-z]} is a class, {@code \} quotes, a leading {@code !} takes back what an earlier
 * pattern matched. A pattern that matches a directory matches all below it; the last pattern that matches decides.
 * Matching takes time linear in the path, whatever the pattern. Paths are relative, {@code /}-separated and clean.
 */
public final class PathPatterns {
    private static final PathPatterns NONE = new PathPatterns(List.of());

    private record Rule(boolean negative, PathGlob glob) {}

    private final List<Rule> rules;
    private final boolean negations;

    private PathPatterns(List<Rule> rules) {
        this.rules = rules;
        this.negations = rules.stream().anyMatch(Rule::negative);
    }

    /** Patterns that match nothing. */
    public static PathPatterns none() {
        return NONE;
    }

    /**
     * Reads patterns; blank ones are skipped, surrounding space and {@code .} parts are dropped.
     *
     * @throws WireFault INVALID_ARGUMENT with the pattern when one is malformed
     */
    public static PathPatterns of(List<String> patterns) {
        List<Rule> rules = new ArrayList<>(patterns.size());
        for (String pattern : patterns) {
            String text = pattern.strip();
            boolean negative = text.startsWith("!");
            String glob = negative ? text.substring(1) : text;
            if (negative && glob.isEmpty()) {
                throw new WireFault(Kind.INVALID_ARGUMENT, "illegal exclusion pattern: \"!\"");
            }
            if (!glob.isEmpty()) {
                rules.add(new Rule(negative, PathGlob.of(clean(glob), pattern)));
            }
        }
        return rules.isEmpty() ? NONE : new PathPatterns(List.copyOf(rules));
    }

    private static String clean(String pattern) {
        List<String> parts = new ArrayList<>();
        for (String part : pattern.split("/", -1)) {
            boolean parent = part.equals("..");
            if (parent && !parts.isEmpty() && !parts.getLast().equals("..")) {
                parts.removeLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        String joined = String.join("/", parts);
        if (pattern.startsWith("/")) {
            return "/" + joined;
        }
        return joined.isEmpty() ? "." : joined;
    }

    /** Whether there is no pattern at all. */
    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /** Whether some pattern begins with {@code !}. */
    public boolean hasNegations() {
        return negations;
    }

    /** Whether the patterns, all considered, match this path or a directory above it. */
    public boolean matches(String path) {
        for (int i = rules.size() - 1; i >= 0; i--) {
            Rule rule = rules.get(i);
            if (rule.glob.matchesPathOrParent(path)) {
                return !rule.negative;
            }
        }
        return false;
    }

    /** The verdict on the root of a walk, for {@link Verdict#enter}. */
    public Verdict root() {
        return new Verdict("", new BitSet(rules.size()));
    }

    /** What the patterns say of one path of a walk; children ask their directory's verdict, so that each part is paid once. */
    public final class Verdict {
        private final String path;
        private final BitSet matched;

        private Verdict(String path, BitSet matched) {
            this.path = path;
            this.matched = matched;
        }

        /** The verdict on an entry of this directory. */
        public Verdict enter(String name) {
            String child = path.isEmpty() ? name : path + "/" + name;
            BitSet bits = (BitSet) matched.clone();
            for (int i = bits.nextClearBit(0); i < rules.size(); i = bits.nextClearBit(i + 1)) {
                if (rules.get(i).glob.matches(child)) {
                    bits.set(i);
                }
            }
            return new Verdict(child, bits);
        }

        /** Same as {@link PathPatterns#matches} of the whole path. */
        public boolean matched() {
            int last = matched.length() - 1;
            return last >= 0 && !rules.get(last).negative;
        }

        /** Whether everything below this directory has the same answer as the directory, so that nothing need be asked. */
        public boolean settled() {
            boolean answer = matched();
            for (int i = matched.nextClearBit(0); i < rules.size(); i = matched.nextClearBit(i + 1)) {
                Rule rule = rules.get(i);
                if (rule.negative == answer && (path.isEmpty() || rule.glob.mayMatchBelow(path))) {
                    return false;
                }
            }
            return true;
        }
    }
}
