package io.buildkit4j.image.deflate;

import java.util.Arrays;

/** Canonical Huffman codes of a bounded length (RFC 1951, section 3.2.2), built from how often each symbol occurs. */
final class Huffman {
    final int[] lengths;
    final int[] codes;
    private final int limit;
    private final long[] sorted;
    private final long[] weights;
    private final int[] parents;

    Huffman(int symbols, int limit) {
        this.limit = limit;
        lengths = new int[symbols];
        codes = new int[symbols];
        sorted = new long[symbols];
        weights = new long[2 * symbols];
        parents = new int[2 * symbols];
    }

    /** At least two symbols get a code, so that the code is complete: some decoders refuse one that is not. */
    void build(int[] counts) {
        Arrays.fill(lengths, 0);
        int used = 0;
        for (int symbol = 0; symbol < lengths.length; symbol++) {
            if (counts[symbol] > 0) {
                sorted[used++] = ((long) counts[symbol] << 16) | symbol;
            }
        }
        for (int symbol = 0; used < 2; symbol++) {
            if (counts[symbol] == 0) {
                sorted[used++] = (1L << 16) | symbol;
            }
        }
        Arrays.sort(sorted, 0, used);
        assignLengths(used);
        assignCodes();
    }

    /** Leaves and inner nodes are two sorted queues, of which the two lightest heads become one node. */
    private void assignLengths(int used) {
        for (int i = 0; i < used; i++) {
            weights[i] = sorted[i] >>> 16;
        }
        int leaf = 0;
        int inner = used;
        int last = 2 * used - 1;
        for (int node = used; node < last; node++) {
            weights[node] = 0;
            for (int child = 0; child < 2; child++) {
                boolean takeLeaf = leaf < used && (inner >= node || weights[leaf] <= weights[inner]);
                int taken = takeLeaf ? leaf++ : inner++;
                weights[node] += weights[taken];
                parents[taken] = node;
            }
        }
        // From here on the weights of nodes are depths.
        weights[last - 1] = 0;
        int[] perLength = new int[limit + 1];
        for (int node = last - 2; node >= 0; node--) {
            weights[node] = weights[parents[node]] + 1;
            if (node < used) {
                perLength[(int) Math.min(weights[node], limit)]++;
            }
        }
        shorten(perLength, overfull(perLength));
        // The rarest symbols get the longest codes.
        int next = 0;
        for (int length = limit; length > 0; length--) {
            for (int i = perLength[length]; i > 0; i--) {
                lengths[(int) (sorted[next++] & 0xFFFF)] = length;
            }
        }
    }

    /** By how many codes of the longest length the code space is exceeded. */
    private int overfull(int[] perLength) {
        long taken = 0;
        for (int length = 1; length <= limit; length++) {
            taken += (long) perLength[length] << (limit - length);
        }
        return (int) (taken - (1L << limit));
    }

    /** Cutting codes at the limit takes too much of the code space; shorter codes are made longer until it fits. */
    private void shorten(int[] perLength, int excess) {
        for (int left = excess; left > 0; left--) {
            int length = limit - 1;
            while (perLength[length] == 0) {
                length--;
            }
            perLength[length]--;
            perLength[length + 1] += 2;
            perLength[limit]--;
        }
    }

    private void assignCodes() {
        int[] next = new int[limit + 2];
        for (int length : lengths) {
            next[length + 1] += length > 0 ? 1 : 0;
        }
        int code = 0;
        int[] first = new int[limit + 1];
        for (int length = 1; length <= limit; length++) {
            code = (code + next[length]) << 1;
            first[length] = code;
        }
        for (int symbol = 0; symbol < lengths.length; symbol++) {
            int length = lengths[symbol];
            codes[symbol] = length == 0 ? 0 : Integer.reverse(first[length]++) >>> (32 - length);
        }
    }
}
