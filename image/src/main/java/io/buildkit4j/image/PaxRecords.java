package io.buildkit4j.image;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.NameBytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Records of a pax extended header, {@code "LENGTH KEY=VALUE\n"} each, where the length counts its own digits. Values are
 * bytes: extended attributes are binary and names need not be UTF-8.
 */
final class PaxRecords {
    static final String XATTR = "SCHILY.xattr.";
    private static final long NANOS = 1_000_000_000L;

    private final Map<String, byte[]> records = new TreeMap<>();

    boolean isEmpty() {
        return records.isEmpty();
    }

    Map<String, byte[]> asMap() {
        return records;
    }

    void putName(String key, String value) {
        records.put(key, NameBytes.encode(value));
    }

    void putNumber(String key, long value) {
        records.put(key, Long.toString(value).getBytes(StandardCharsets.US_ASCII));
    }

    /** Seconds with as many decimals as needed. */
    void putTime(String key, long nanos) {
        long magnitude = Math.abs(nanos); // of the smallest long too, when it is taken as unsigned
        String text = (nanos < 0 ? "-" : "") + Long.divideUnsigned(magnitude, NANOS);
        long fraction = Long.remainderUnsigned(magnitude, NANOS);
        if (fraction != 0) {
            text += "." + Long.toString(NANOS + fraction).substring(1).replaceAll("0+$", "");
        }
        records.put(key, text.getBytes(StandardCharsets.US_ASCII));
    }

    void putXattr(String name, byte[] value) {
        if (name.indexOf('=') >= 0) {
            throw new ImageFault(
                    Kind.INVALID_ARGUMENT, "a tar cannot hold an extended attribute with = in its name: " + name);
        }
        records.put(XATTR + name, value);
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        records.forEach((key, value) -> {
            byte[] name = NameBytes.encode(key);
            int rest = 1 + name.length + 1 + value.length + 1;
            int length = rest + digits(rest + digits(rest));
            // Counting the digits may itself have added one.
            out.writeBytes(Integer.toString(length).getBytes(StandardCharsets.US_ASCII));
            out.write(' ');
            out.writeBytes(name);
            out.write('=');
            out.writeBytes(value);
            out.write('\n');
        });
        return out.toByteArray();
    }

    private static int digits(int number) {
        return Integer.toString(number).length();
    }

    /** Adds the records of a header's body; a later one of the same key wins. */
    void parse(byte[] body) {
        int at = 0;
        while (at < body.length) {
            int space = indexOf(body, (byte) ' ', at, Math.min(body.length, at + 11));
            long length = space < 0 ? -1 : TarHeader.decimal(body, at, space);
            int end = (int) Math.min(at + Math.max(length, 0), body.length + 1L);
            int equals = space < 0 ? -1 : indexOf(body, (byte) '=', space + 1, Math.min(end, body.length));
            if (equals < 0 || end > body.length || body[end - 1] != '\n') {
                throw new ImageFault(Kind.INVALID_ARGUMENT, "damaged tar: a pax record cannot be read");
            }
            String key = NameBytes.decode(body, space + 1, equals - space - 1);
            byte[] value = java.util.Arrays.copyOfRange(body, equals + 1, end - 1);
            add(key, value);
            at = end;
        }
    }

    /** GNU's sparse format 0.0 repeats two keys, a pair for each segment; they are gathered as format 0.1 has them. */
    private void add(String key, byte[] value) {
        if (key.equals("GNU.sparse.offset") || key.equals("GNU.sparse.numbytes")) {
            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            byte[] earlier = records.get("GNU.sparse.map");
            if (earlier != null) {
                joined.writeBytes(earlier);
                joined.write(',');
            }
            joined.writeBytes(value);
            records.put("GNU.sparse.map", joined.toByteArray());
        } else {
            records.put(key, value);
        }
    }

    private static int indexOf(byte[] bytes, byte wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    /** A decimal fraction of seconds as nanoseconds, cut after the ninth decimal and saturated. */
    static long time(byte[] value) {
        String text = new String(value, StandardCharsets.ISO_8859_1);
        int dot = text.indexOf('.');
        String whole = dot < 0 ? text : text.substring(0, dot);
        String decimals = dot < 0 ? "" : text.substring(dot + 1);
        try {
            long seconds = Long.parseLong(whole);
            String nine = (decimals + "000000000").substring(0, 9);
            long fraction = Integer.parseUnsignedInt(nine);
            return TarHeader.nanos(seconds, whole.startsWith("-") ? -fraction : fraction);
        } catch (NumberFormatException bad) {
            throw new ImageFault(Kind.INVALID_ARGUMENT, "damaged tar: not a time: " + text, bad);
        }
    }
}
