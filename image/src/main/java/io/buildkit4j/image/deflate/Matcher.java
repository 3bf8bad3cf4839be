package io.buildkit4j.image.deflate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Cuts a chunk into literals and references to earlier occurrences in the last 32 KiB, by chains of places with equal hashes
 * of four bytes, and the last place with an equal hash of three. What it finds depends on the bytes from the dictionary's
 * start on only, so it is cleared for each chunk.
 */
final class Matcher {
    static final int WINDOW = 1 << 15;
    static final int MAXIMUM = 258;

    private static final int HASH_BITS = 16;
    /** Places of three bytes are few and near: their table need not be large, and fits the first cache. */
    private static final int NEAR_BITS = 12;

    private static final int MULTIPLIER = 0x9E3779B1;
    /** A match of three bytes further away costs more than the bytes themselves. */
    private static final int NEAR = 4096;
    /** From these lengths on, a longer match at the next place is looked for with less effort, or not at all. */
    private static final int FAIR = 8;

    private static final int GOOD = 16;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final int[] fours = new int[1 << HASH_BITS];
    private final int[] threes = new int[1 << NEAR_BITS];
    private final int[] previous = new int[WINDOW];
    private final int depth;
    private final int nice;
    private byte[] bytes = {};
    private int end;

    Matcher(int depth, int nice) {
        this.depth = depth;
        this.nice = nice;
    }

    /** Begins with {@code bytes[0, end)}, of which the first {@code start} are the dictionary. */
    void begin(byte[] input, int start, int limit) {
        bytes = input;
        end = limit;
        Arrays.fill(fours, -1);
        Arrays.fill(threes, -1);
        insert(0, start);
    }

    /** Remembers places; four bytes have to lie before the end of each. */
    private void insert(int from, int to) {
        byte[] input = bytes;
        int last = Math.min(to, end - 3);
        for (int at = from; at < last; at++) {
            int word = (int) INT.get(input, at);
            int four = four(word);
            previous[at & (WINDOW - 1)] = fours[four];
            fours[four] = at;
            threes[three(word)] = at;
        }
    }

    private static int four(int word) {
        return (word * MULTIPLIER) >>> (32 - HASH_BITS);
    }

    private static int three(int word) {
        return ((word << 8) * MULTIPLIER) >>> (32 - NEAR_BITS);
    }

    // departs from MethodLength: one loop over every byte of every layer, in which each call would be felt
    /** Lazy matching: a match is taken only when the next place has no longer one. */
    void parse(int start, ChunkEncoder out) {
        byte[] input = bytes;
        int searchable = end - 3;
        int at = start;
        int held = 0;
        int heldDistance = 0;
        while (at < end) {
            long found = 0;
            if (at < searchable) {
                int word = (int) INT.get(input, at);
                int four = four(word);
                int three = three(word);
                int candidate = fours[four];
                int near = threes[three];
                previous[at & (WINDOW - 1)] = candidate;
                fours[four] = at;
                threes[three] = at;
                // A match that is good enough already is not worth a search for a longer one.
                if (held < GOOD && held < end - at) {
                    found = candidate < 0 ? 0 : longest(at, word, candidate, held);
                    if (found == 0 && held == 0 && near >= 0 && at - near <= NEAR && equal(near, word)) {
                        found = (3L << 32) | (at - near);
                    }
                }
            }
            if (found == 0 && held > 0) {
                // the match that begins one byte earlier
                int next = at - 1 + held;
                out.match(held, heldDistance, next);
                insert(at + 1, next);
                at = next;
                held = 0;
                continue;
            }
            if (held > 0) {
                out.literal(input[at - 1] & 0xFF, at);
            }
            held = (int) (found >>> 32);
            heldDistance = (int) found;
            if (held == 0) {
                out.literal(input[at] & 0xFF, at + 1);
            }
            at++;
        }
        if (held > 0) {
            out.match(held, heldDistance, end);
        }
    }

    private boolean equal(int near, int word) {
        return ((((int) INT.get(bytes, near)) ^ word) & 0xFFFFFF) == 0;
    }

    /** The longest match at this place that is longer than {@code atLeast}, {@code length << 32 | distance}, else 0. */
    private long longest(int at, int word, int first, int atLeast) {
        byte[] input = bytes;
        int limit = Math.min(MAXIMUM, end - at);
        int oldest = Math.max(0, at - WINDOW);
        int best = atLeast;
        int distance = 0;
        int candidate = first;
        byte decisive = input[at + best];
        for (int left = atLeast >= FAIR ? depth >> 2 : depth; candidate >= oldest && left > 0; left--) {
            // The byte that would make it longer is compared first: it rules most candidates out.
            if (input[candidate + best] == decisive && (int) INT.get(input, candidate) == word) {
                int length = common(input, candidate, at, limit);
                if (length > best) {
                    best = length;
                    distance = at - candidate;
                    if (length >= nice || length == limit) {
                        break;
                    }
                    decisive = input[at + best];
                }
            }
            int next = previous[candidate & (WINDOW - 1)];
            if (next >= candidate) {
                break;
            }
            candidate = next;
        }
        return distance == 0 ? 0 : ((long) best << 32) | distance;
    }

    private static int common(byte[] input, int a, int b, int limit) {
        int length = 4;
        while (length + 8 <= limit) {
            long different = (long) WORD.get(input, a + length) ^ (long) WORD.get(input, b + length);
            if (different != 0) {
                return length + (Long.numberOfTrailingZeros(different) >>> 3);
            }
            length += 8;
        }
        while (length < limit && input[a + length] == input[b + length]) {
            length++;
        }
        return length;
    }
}
