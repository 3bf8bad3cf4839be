package io.buildkit4j.wire;

import io.buildkit4j.footing.Kind;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * One pattern, run as a set of positions that the path has reached so far: each character of the path moves the set once,
 * so no pattern is slow.
 */
final class PathGlob {
    private enum Shape {
        CHARACTER,
        ANY,
        CLASS,
        /** Any number of characters inside a part. */
        STAR,
        /** Any number of characters, slashes included. */
        ALL,
        /** Nothing, or anything that ends in a slash. */
        PARTS
    }

    private record Step(Shape shape, char character, List<char[]> ranges, boolean inverted) {
        static Step of(Shape shape) {
            return new Step(shape, '\0', List.of(), false);
        }

        boolean takes(char c) {
            return switch (shape) {
                case CHARACTER -> c == character;
                case ANY -> c != '/';
                case CLASS -> inClass(c) != inverted;
                case STAR, ALL, PARTS -> false;
            };
        }

        private boolean inClass(char c) {
            for (char[] range : ranges) {
                if (c >= range[0] && c <= range[1]) {
                    return true;
                }
            }
            return false;
        }
    }

    private final String source;
    private final List<Step> steps = new ArrayList<>();
    /** What every match begins with. */
    private String literal = "";

    private boolean exact = true;
    private int at;

    private PathGlob(String source) {
        this.source = source;
    }

    static PathGlob of(String glob, String shown) {
        PathGlob parsed = new PathGlob(glob);
        parsed.parse(shown);
        return parsed;
    }

    private void parse(String shown) {
        StringBuilder prefix = new StringBuilder();
        while (at < source.length()) {
            Step step = next(shown);
            steps.add(step);
            exact = exact && step.shape == Shape.CHARACTER;
            if (exact) {
                prefix.append(step.character);
            }
        }
        literal = prefix.toString();
    }

    private Step next(String shown) {
        char c = source.charAt(at++);
        return switch (c) {
            case '*' -> star();
            case '?' -> Step.of(Shape.ANY);
            case '[' -> characters(shown);
            case '\\' -> new Step(Shape.CHARACTER, quoted(shown), List.of(), false);
            default -> new Step(Shape.CHARACTER, c, List.of(), false);
        };
    }

    private Step star() {
        if (at >= source.length() || source.charAt(at) != '*') {
            return Step.of(Shape.STAR);
        }
        at++;
        if (at < source.length() && source.charAt(at) == '/') {
            at++;
        }
        return Step.of(at == source.length() ? Shape.ALL : Shape.PARTS);
    }

    private char quoted(String shown) {
        if (at >= source.length()) {
            throw malformed(shown);
        }
        return source.charAt(at++);
    }

    private Step characters(String shown) {
        boolean inverted = at < source.length() && source.charAt(at) == '^';
        at += inverted ? 1 : 0;
        List<char[]> ranges = new ArrayList<>();
        while (at < source.length() && (source.charAt(at) != ']' || ranges.isEmpty())) {
            char low = member(shown);
            char high = low;
            if (at + 1 < source.length() && source.charAt(at) == '-' && source.charAt(at + 1) != ']') {
                at++;
                high = member(shown);
            }
            ranges.add(new char[] {low, high});
        }
        if (at >= source.length()) {
            throw malformed(shown);
        }
        at++;
        return new Step(Shape.CLASS, '\0', ranges, inverted);
    }

    private char member(String shown) {
        char c = source.charAt(at++);
        return c == '\\' ? quoted(shown) : c;
    }

    private static WireFault malformed(String shown) {
        return new WireFault(Kind.INVALID_ARGUMENT, "syntax error in pattern: " + shown);
    }

    /** Whether the whole path matches. */
    boolean matches(String path) {
        if (exact) {
            return literal.equals(path);
        }
        return path.startsWith(literal) && run(path, false) == path.length();
    }

    /** Whether the path or a directory above it matches. */
    boolean matchesPathOrParent(String path) {
        if (exact) {
            return path.startsWith(literal)
                    && (path.length() == literal.length() || path.charAt(literal.length()) == '/')
                    && !literal.isEmpty();
        }
        return path.startsWith(literal) && run(path, true) >= 0;
    }

    /** Whether something below that directory could match. */
    boolean mayMatchBelow(String directory) {
        String prefix = directory + "/";
        int known = Math.min(prefix.length(), literal.length());
        if (!prefix.regionMatches(0, literal, 0, known)) {
            return false;
        }
        if (exact || prefix.length() <= literal.length()) {
            return prefix.length() < literal.length() || (!exact && prefix.length() == literal.length());
        }
        BitSet reached = start();
        for (int i = literal.length(); i < prefix.length() && !reached.isEmpty(); i++) {
            reached = advance(reached, prefix.charAt(i));
        }
        reached.clear(steps.size());
        return !reached.isEmpty();
    }

    /** Where the first match ends, at the path's end or (with parents) before a slash; -1 when there is none. */
    private int run(String path, boolean parents) {
        BitSet reached = start();
        for (int i = literal.length(); i < path.length(); i++) {
            if (parents && path.charAt(i) == '/' && i > 0 && reached.get(steps.size())) {
                return i;
            }
            reached = advance(reached, path.charAt(i));
            if (reached.isEmpty()) {
                return -1;
            }
        }
        return reached.get(steps.size()) ? path.length() : -1;
    }

    private BitSet start() {
        BitSet reached = new BitSet(steps.size() + 1);
        reach(reached, literal.length());
        return reached;
    }

    /** Marks a position, and those after steps that may match nothing. */
    private void reach(BitSet reached, int position) {
        int next = position;
        reached.set(next);
        while (next < steps.size()
                && switch (steps.get(next).shape) {
                    case STAR, ALL, PARTS -> true;
                    case CHARACTER, ANY, CLASS -> false;
                }) {
            next++;
            reached.set(next);
        }
    }

    /**
     * PARTS holds its own position while it swallows, and moves on after a slash only. Its position is marked when it is
     * entered, and with it the next one; while it swallows, only its own stays.
     */
    private BitSet advance(BitSet reached, char c) {
        BitSet next = new BitSet(steps.size() + 1);
        for (int i = reached.nextSetBit(0); i >= 0 && i < steps.size(); i = reached.nextSetBit(i + 1)) {
            Step step = steps.get(i);
            switch (step.shape) {
                case CHARACTER, ANY, CLASS -> {
                    if (step.takes(c)) {
                        reach(next, i + 1);
                    }
                }
                case STAR -> {
                    if (c != '/') {
                        reach(next, i);
                    }
                }
                case ALL -> reach(next, i);
                case PARTS -> {
                    next.set(i);
                    if (c == '/') {
                        reach(next, i + 1);
                    }
                }
            }
        }
        return next;
    }
}
