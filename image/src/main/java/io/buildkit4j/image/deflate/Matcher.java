package io.buildkit4j.image.deflate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Finds earlier occurrences in the last 32 KiB: chains of places with equal hashes of four bytes, and the last place with an
 * equal hash of three. What it finds depends on the bytes from the dictionary's start on only, so it is cleared for each
 * chunk.
 */
final class Matcher {
    static final int WINDOW = 1 << 15;
    static final int MINIMUM = 3;
    static final int MAXIMUM = 258;

    private static final int HASH_BITS = 15;
    private static final int MULTIPLIER = 0x9E3779B1;
    /** A match of three bytes further away costs more than the bytes themselves. */
    private static final int NEAR = 4096;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final int[] fours = new int[1 << HASH_BITS];
    private final int[] threes = new int[1 << HASH_BITS];
    private final int[] previous = new int[WINDOW];
    private final int depth;
    private final int nice;
    private byte[] bytes = {};
    private int end;
    private int distance;

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
        for (int i = 0; i < start; i++) {
            insert(i);
        }
    }

    /** Remembers the place; four bytes have to lie before the end. */
    void insert(int at) {
        if (at + 4 > end) {
            return;
        }
        int word = (int) INT.get(bytes, at);
        int four = four(word);
        previous[at & (WINDOW - 1)] = fours[four];
        fours[four] = at;
        threes[three(word)] = at;
    }

    private static int four(int word) {
        return (word * MULTIPLIER) >>> (32 - HASH_BITS);
    }

    private static int three(int word) {
        return ((word << 8) * MULTIPLIER) >>> (32 - HASH_BITS);
    }

    /** How far back the match that was found last lies. */
    int distance() {
        return distance;
    }

    /**
     * The length of the longest match at this place that is longer than {@code atLeast}, else 0. The place must not have
     * been inserted yet.
     */
    int find(int at, int atLeast) {
        int limit = Math.min(MAXIMUM, end - at);
        // A match that is nice enough already is not worth a search for a longer one.
        if (limit < 4 || atLeast >= nice || atLeast >= limit) {
            return 0;
        }
        int word = (int) INT.get(bytes, at);
        int oldest = Math.max(0, at - WINDOW);
        int best = atLeast;
        int found = 0;
        int candidate = fours[four(word)];
        for (int left = depth; candidate >= oldest && left > 0; left--) {
            // The byte that would make it longer is compared first: it rules most candidates out.
            if ((int) INT.get(bytes, candidate) == word && bytes[candidate + best] == bytes[at + best]) {
                int length = common(candidate, at, limit);
                if (length > best) {
                    best = length;
                    found = length;
                    distance = at - candidate;
                    if (length >= nice || length == limit) {
                        return found;
                    }
                }
            }
            int next = previous[candidate & (WINDOW - 1)];
            if (next >= candidate) {
                break;
            }
            candidate = next;
        }
        if (best < MINIMUM) {
            int near = threes[three(word)];
            if (near >= oldest && at - near <= NEAR && ((((int) INT.get(bytes, near)) ^ word) & 0xFFFFFF) == 0) {
                distance = at - near;
                return MINIMUM;
            }
        }
        return found;
    }

    private int common(int a, int b, int limit) {
        int length = 4;
        while (length + 8 <= limit) {
            long different = (long) LONG.get(bytes, a + length) ^ (long) LONG.get(bytes, b + length);
            if (different != 0) {
                return length + (Long.numberOfTrailingZeros(different) >>> 3);
            }
            length += 8;
        }
        while (length < limit && bytes[a + length] == bytes[b + length]) {
            length++;
        }
        return length;
    }
}
