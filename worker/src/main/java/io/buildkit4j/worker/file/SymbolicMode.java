package io.buildkit4j.worker.file;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.worker.WorkerFault;

/** Modes as chmod(1) takes them: {@code u+x,go-w}, {@code a=rX}, {@code +t}, or octal. */
final class SymbolicMode {
    private final String text;

    SymbolicMode(String text) {
        this.text = text;
    }

    /** The permission bits that come of these; nothing is taken off by a umask. */
    int apply(int mode, boolean directory) {
        if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '7')) {
            return Integer.parseInt(text, 8) & 07777;
        }
        int now = mode & 07777;
        for (String clause : text.split(",", -1)) {
            now = clause(clause, now, directory);
        }
        return now;
    }

    private int clause(String clause, int mode, boolean directory) {
        int who = 0;
        int at = 0;
        for (; at < clause.length() && "ugoa".indexOf(clause.charAt(at)) >= 0; at++) {
            who |= switch (clause.charAt(at)) {
                case 'u' -> 04700;
                case 'g' -> 02070;
                case 'o' -> 01007;
                default -> 07777;
            };
        }
        who = at == 0 ? 07777 : who;
        int now = mode;
        if (at == clause.length()) {
            throw refused();
        }
        while (at < clause.length()) {
            char how = clause.charAt(at++);
            int start = at;
            while (at < clause.length() && "+-=".indexOf(clause.charAt(at)) < 0) {
                at++;
            }
            int bits = bits(clause.substring(start, at), now, directory) & who;
            now = switch (how) {
                case '+' -> now | bits;
                case '-' -> now & ~bits;
                case '=' -> (now & ~(who & 0777)) | bits;
                default -> throw refused();
            };
        }
        return now;
    }

    private int bits(String letters, int mode, boolean directory) {
        int bits = 0;
        for (int i = 0; i < letters.length(); i++) {
            bits |= switch (letters.charAt(i)) {
                case 'r' -> 0444;
                case 'w' -> 0222;
                case 'x' -> 0111;
                case 'X' -> directory || (mode & 0111) != 0 ? 0111 : 0;
                case 's' -> 06000;
                case 't' -> 01000;
                case 'u' -> ((mode >> 6) & 7) * 0111;
                case 'g' -> ((mode >> 3) & 7) * 0111;
                case 'o' -> (mode & 7) * 0111;
                default -> throw refused();
            };
        }
        return bits;
    }

    private WorkerFault refused() {
        return new WorkerFault(
                Kind.INVALID_ARGUMENT, "invalid mode \"" + text + "\": give octal digits or clauses like u+x,go-w");
    }
}
