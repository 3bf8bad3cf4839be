package io.buildkit4j.image.deflate;

import java.util.Arrays;

/**
 * Packs one chunk into DEFLATE blocks (RFC 1951) that end on a byte, so that chunks can be put one after the other. The
 * same chunk and dictionary always give the same bytes, whatever was packed before.
 */
final class ChunkEncoder {
    private static final int END = 256;
    private static final int LITERALS = 286;
    private static final int DISTANCES = 30;
    private static final int CODE_LENGTHS = 19;
    /** Symbols of one block: fewer would adapt faster but pay for more code tables. */
    private static final int BLOCK_SYMBOLS = 1 << 15;

    private static final int STORED_LIMIT = 65535;
    private static final int[] LENGTH_ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

    private final boolean stored;
    private final Matcher matcher;
    private final BitOutput out = new BitOutput();
    private final Huffman literals = new Huffman(LITERALS, 15);
    private final Huffman distances = new Huffman(DISTANCES, 15);
    private final Huffman lengths = new Huffman(CODE_LENGTHS, 7);
    private final int[] literalCounts = new int[LITERALS];
    private final int[] distanceCounts = new int[DISTANCES];
    private final int[] lengthCounts = new int[CODE_LENGTHS];
    /** A literal as it is, or {@code length << 16 | distance}. */
    private final int[] symbols = new int[BLOCK_SYMBOLS];

    private final int[] runs = new int[LITERALS + DISTANCES];
    private int count;
    private byte[] bytes = {};
    private int blockStart;

    ChunkEncoder(int level) {
        stored = level == 0;
        int[][] settings = {
            {1, 8}, {2, 16}, {2, 32}, {4, 32}, {4, 64}, {6, 32}, {10, 32}, {24, 64}, {48, 128}, {192, 258}
        };
        matcher = new Matcher(settings[level][0], settings[level][1]);
    }

    /**
     * Packs {@code input[start, end)}, to which {@code input[0, start)} is the dictionary. The result is in {@link #output}
     * until the next call.
     */
    void encode(byte[] input, int start, int end, boolean last) {
        bytes = input;
        out.clear();
        count = 0;
        blockStart = start;
        Arrays.fill(literalCounts, 0);
        Arrays.fill(distanceCounts, 0);
        if (stored) {
            store(start, end, last);
            return;
        }
        matcher.begin(input, start, end);
        matcher.parse(start, this);
        if (count > 0 || last) {
            writeBlock(end, last);
        }
        if (!last) {
            // An empty stored block brings the next chunk to a byte's beginning.
            store(end, end, false);
        } else {
            out.align();
        }
    }

    BitOutput output() {
        return out;
    }

    // ---- symbols

    /** @param next where what follows begins */
    void literal(int value, int next) {
        literalCounts[value]++;
        symbol(value, next);
    }

    void match(int length, int distance, int next) {
        literalCounts[lengthSymbol(length)]++;
        distanceCounts[distanceSymbol(distance)]++;
        symbol((length << 16) | distance, next);
    }

    private void symbol(int symbol, int next) {
        symbols[count++] = symbol;
        if (count == BLOCK_SYMBOLS) {
            writeBlock(next, false);
        }
    }

    private static int lengthSymbol(int length) {
        int l = length - 3;
        if (l < 8) {
            return 257 + l;
        }
        if (length == 258) {
            return 285;
        }
        int extra = 29 - Integer.numberOfLeadingZeros(l);
        return 257 + (extra << 2) + (l >>> extra);
    }

    private static int lengthExtra(int symbol) {
        return symbol < 265 || symbol == 285 ? 0 : (symbol - 261) >>> 2;
    }

    private static int distanceSymbol(int distance) {
        int d = distance - 1;
        if (d < 4) {
            return d;
        }
        int extra = 30 - Integer.numberOfLeadingZeros(d);
        return (extra << 1) + (d >>> extra);
    }

    private static int distanceExtra(int symbol) {
        return symbol < 4 ? 0 : (symbol >>> 1) - 1;
    }

    // ---- blocks

    private void writeBlock(int next, boolean last) {
        literalCounts[END]++;
        literals.build(literalCounts);
        distances.build(distanceCounts);
        int literalCodes = highest(literals.lengths, 257);
        int distanceCodes = highest(distances.lengths, 1);
        int runCount = runLengths(literalCodes, distanceCodes);
        lengths.build(lengthCounts);
        int lengthCodes = CODE_LENGTHS;
        while (lengthCodes > 4 && lengths.lengths[LENGTH_ORDER[lengthCodes - 1]] == 0) {
            lengthCodes--;
        }
        long bits = headerBits(lengthCodes, runCount) + bodyBits();
        int plain = next - blockStart;
        if (bits >= 8L * plain + 40L * (1 + plain / STORED_LIMIT)) {
            store(blockStart, next, last);
        } else {
            out.reserve((int) (bits >>> 3) + 16);
            out.put((last ? 1 : 0) | (2 << 1), 3);
            writeTables(new int[] {literalCodes, distanceCodes, lengthCodes, runCount});
            writeSymbols();
        }
        blockStart = next;
        count = 0;
        Arrays.fill(literalCounts, 0);
        Arrays.fill(distanceCounts, 0);
    }

    private static int highest(int[] lengths, int atLeast) {
        int used = lengths.length;
        while (used > atLeast && lengths[used - 1] == 0) {
            used--;
        }
        return used;
    }

    private long bodyBits() {
        long bits = 0;
        for (int symbol = 0; symbol < LITERALS; symbol++) {
            int extra = symbol > 256 ? lengthExtra(symbol) : 0;
            bits += (long) literalCounts[symbol] * (literals.lengths[symbol] + extra);
        }
        for (int symbol = 0; symbol < DISTANCES; symbol++) {
            bits += (long) distanceCounts[symbol] * (distances.lengths[symbol] + distanceExtra(symbol));
        }
        return bits;
    }

    private long headerBits(int lengthCodes, int runCount) {
        long bits = 3 + 14 + 3L * lengthCodes;
        for (int i = 0; i < runCount; i++) {
            int symbol = runs[i] & 0xFF;
            bits += lengths.lengths[symbol] + runExtra(symbol);
        }
        return bits;
    }

    private static int runExtra(int symbol) {
        return switch (symbol) {
            case 16 -> 2;
            case 17 -> 3;
            case 18 -> 7;
            default -> 0;
        };
    }

    /** Both tables' code lengths as one sequence with runs, {@code extra << 8 | symbol} each (section 3.2.7). */
    private int runLengths(int literalCodes, int distanceCodes) {
        Arrays.fill(lengthCounts, 0);
        int total = literalCodes + distanceCodes;
        int written = 0;
        int at = 0;
        while (at < total) {
            int length = lengthAt(at, literalCodes);
            int run = 1;
            while (at + run < total && lengthAt(at + run, literalCodes) == length) {
                run++;
            }
            at += run;
            if (length != 0) {
                runs[written++] = length;
                lengthCounts[length]++;
                run--;
            }
            while (run >= 3) {
                int symbol = length != 0 ? 16 : run < 11 ? 17 : 18;
                int least = symbol == 18 ? 11 : 3;
                int step = Math.min(run, symbol == 16 ? 6 : symbol == 17 ? 10 : 138);
                runs[written++] = ((step - least) << 8) | symbol;
                lengthCounts[symbol]++;
                run -= step;
            }
            for (; run > 0; run--) {
                runs[written++] = length;
                lengthCounts[length]++;
            }
        }
        return written;
    }

    private int lengthAt(int at, int literalCodes) {
        return at < literalCodes ? literals.lengths[at] : distances.lengths[at - literalCodes];
    }

    /** Sizes: literal codes, distance codes, code-length codes, runs. */
    private void writeTables(int[] sizes) {
        out.put(sizes[0] - 257, 5);
        out.put(sizes[1] - 1, 5);
        out.put(sizes[2] - 4, 4);
        for (int i = 0; i < sizes[2]; i++) {
            out.put(lengths.lengths[LENGTH_ORDER[i]], 3);
        }
        for (int i = 0; i < sizes[3]; i++) {
            int symbol = runs[i] & 0xFF;
            out.put(lengths.codes[symbol], lengths.lengths[symbol]);
            out.put(runs[i] >>> 8, runExtra(symbol));
        }
    }

    private void writeSymbols() {
        for (int i = 0; i < count; i++) {
            int symbol = symbols[i];
            if (symbol < 256) {
                out.put(literals.codes[symbol], literals.lengths[symbol]);
                continue;
            }
            int length = symbol >>> 16;
            int code = lengthSymbol(length);
            int bits = literals.lengths[code];
            int extra = lengthExtra(code);
            // The extra bits of a length of 258 are none; of others they are its low bits.
            out.put(literals.codes[code] | (((length - 3) & ((1 << extra) - 1)) << bits), bits + extra);
            int distance = symbol & 0xFFFF;
            int distanceCode = distanceSymbol(distance);
            int more = distanceExtra(distanceCode);
            out.put(distances.codes[distanceCode], distances.lengths[distanceCode]);
            out.put((distance - 1) & ((1 << more) - 1), more);
        }
        out.put(literals.codes[END], literals.lengths[END]);
    }

    /** Stored blocks; one that is empty when there is nothing to store. */
    private void store(int from, int to, boolean last) {
        out.reserve(to - from + 5 * (2 + (to - from) / STORED_LIMIT) + 16);
        int at = from;
        do {
            int size = Math.min(STORED_LIMIT, to - at);
            out.put(last && at + size == to ? 1 : 0, 3);
            out.align();
            out.put(size | ((~size & 0xFFFF) << 16), 32);
            out.align();
            out.put(bytes, at, size);
            at += size;
        } while (at < to);
    }
}
