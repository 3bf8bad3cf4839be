package io.buildkit4j.image;

import io.buildkit4j.footing.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Where the data of a sparse file lies, in any of GNU tar's formats: old (in header blocks), 0.0 and 0.1 (in pax records),
 * 1.0 (before the data); see "Sparse Formats" in the GNU tar manual.
 *
 * @param size of the whole file in bytes
 */
record SparseMap(long size, List<Segment> segments) {
    /** Data of the file; what is between two segments is zeros. */
    record Segment(long offset, long length) {}

    SparseMap {
        segments = List.copyOf(segments);
        long end = 0;
        for (Segment segment : segments) {
            if (segment.offset < end || segment.length < 0 || segment.offset > size - segment.length) {
                throw damaged();
            }
            end = segment.offset + segment.length;
        }
        if (size < end) {
            throw damaged();
        }
    }

    private static ImageFault damaged() {
        return new ImageFault(Kind.INVALID_ARGUMENT, "damaged tar: the map of a sparse file makes no sense");
    }

    /** The old format: four segments in the header, then blocks of 21 while a flag says so. */
    static SparseMap ofHeaders(TarHeader header, TarInput in) throws IOException {
        List<Segment> segments = new ArrayList<>();
        long size = header.sparseNumber(483);
        collect(header, 386, 4, segments);
        boolean more = header.isSet(482);
        TarHeader extension = new TarHeader();
        while (more) {
            in.extraHeader(extension.bytes());
            collect(extension, 0, 21, segments);
            more = extension.isSet(504);
            if (segments.size() > 1 << 20) {
                throw damaged();
            }
        }
        return new SparseMap(size, segments);
    }

    private static void collect(TarHeader header, int offset, int count, List<Segment> segments) {
        for (int i = 0; i < count && header.isSet(offset + 24 * i); i++) {
            segments.add(new Segment(header.sparseNumber(offset + 24 * i), header.sparseNumber(offset + 24 * i + 12)));
        }
    }

    /** The formats that pax records announce. In format 1.0 the map is the first part of the content. */
    static SparseMap ofRecords(Map<String, byte[]> records, TarInput in, int limit) throws IOException {
        byte[] map = records.get("GNU.sparse.map");
        long size = TarReader.number(records, "GNU.sparse.realsize")
                .or(() -> TarReader.number(records, "GNU.sparse.size"))
                .orElseThrow(SparseMap::damaged);
        List<Long> numbers = new ArrayList<>();
        if (map == null) {
            MapText text = new MapText(in, limit);
            long count = text.number();
            for (long i = 0; i < 2 * count; i++) {
                numbers.add(text.number());
            }
        } else if (map.length > 0) {
            for (String number : new String(map, StandardCharsets.ISO_8859_1).split(",", -1)) {
                byte[] digits = number.getBytes(StandardCharsets.ISO_8859_1);
                numbers.add(TarHeader.decimal(digits, 0, digits.length));
            }
        }
        if (numbers.size() % 2 != 0) {
            throw damaged();
        }
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < numbers.size(); i += 2) {
            segments.add(new Segment(numbers.get(i), numbers.get(i + 1)));
        }
        return new SparseMap(size, segments);
    }

    /** The map of format 1.0: decimal numbers, each ended by a newline, in whole blocks. */
    private static final class MapText {
        private final TarInput in;
        private int allowed;
        private byte[] block = {};
        private int at;

        MapText(TarInput in, int limit) {
            this.in = in;
            this.allowed = limit;
        }

        long number() throws IOException {
            long value = 0;
            for (int c = next(); c != '\n'; c = next()) {
                if (c < '0' || c > '9' || value > Long.MAX_VALUE / 10 - 1) {
                    throw damaged();
                }
                value = value * 10 + (c - '0');
            }
            return value;
        }

        private int next() throws IOException {
            if (at == block.length) {
                allowed -= TarHeader.BLOCK;
                block = in.content(TarHeader.BLOCK).readNBytes(TarHeader.BLOCK);
                at = 0;
                if (allowed < 0 || block.length < TarHeader.BLOCK) {
                    throw damaged();
                }
            }
            return block[at++];
        }
    }

    /** The whole file: segments from the archive, zeros between and after them. */
    InputStream open(TarInput in) {
        return new Expanded(in);
    }

    private final class Expanded extends InputStream {
        private final TarInput in;
        private int next;
        private long position;

        Expanded(TarInput in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            while (next < segments.size() && position >= end(segments.get(next))) {
                next++;
            }
            if (position >= size) {
                return -1;
            }
            boolean data =
                    next < segments.size() && position >= segments.get(next).offset();
            long stop = data
                    ? end(segments.get(next))
                    : next < segments.size() ? segments.get(next).offset() : size;
            int count = (int) Math.min(length, stop - position);
            if (data) {
                count = in.content(stop - position).read(into, offset, count);
            } else {
                Arrays.fill(into, offset, offset + count, (byte) 0);
            }
            position += count;
            return count;
        }

        private static long end(Segment segment) {
            return segment.offset() + segment.length();
        }
    }
}
