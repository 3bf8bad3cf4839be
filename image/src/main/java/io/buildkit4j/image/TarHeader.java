package io.buildkit4j.image;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.NameBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** One header block of 512 bytes: where its fields lie and how numbers are written in them (POSIX ustar and GNU tar). */
final class TarHeader {
    static final int BLOCK = 512;

    private static final long NANOS = 1_000_000_000L;
    private static final Field NAME = new Field(0, 100);
    private static final Field MODE = new Field(100, 8);
    private static final Field UID = new Field(108, 8);
    private static final Field GID = new Field(116, 8);
    private static final Field SIZE = new Field(124, 12);
    private static final Field MTIME = new Field(136, 12);
    private static final Field CHECKSUM = new Field(148, 8);
    private static final int FLAG = 156;
    private static final Field LINK = new Field(157, 100);
    private static final int MAGIC = 257;
    private static final Field MAJOR = new Field(329, 8);
    private static final Field MINOR = new Field(337, 8);
    private static final Field PREFIX = new Field(345, 155);

    private final byte[] block = new byte[BLOCK];

    private record Field(int offset, int length) {
        /** The largest number that fits as octal digits with an ending NUL. */
        long octalLimit() {
            return 1L << (3 * (length - 1));
        }
    }

    byte[] bytes() {
        return block;
    }

    // ---- writing

    /** Fills the block and answers what it could not hold. */
    PaxRecords fill(TarEntry entry) {
        PaxRecords records = new PaxRecords();
        Arrays.fill(block, (byte) 0);
        String name = entry.type() == TarEntry.Type.DIRECTORY ? entry.name() + "/" : entry.name();
        putName(name, records);
        if (!putText(LINK, NameBytes.encode(entry.link()))) {
            records.putName("linkpath", entry.link());
        }
        putNumber(MODE, entry.mode(), "mode", records);
        putNumber(UID, Integer.toUnsignedLong(entry.uid()), "uid", records);
        putNumber(GID, Integer.toUnsignedLong(entry.gid()), "gid", records);
        putNumber(SIZE, entry.size(), "size", records);
        long seconds = Math.floorDiv(entry.modified(), NANOS);
        boolean plain = seconds >= 0 && seconds * NANOS == entry.modified() && seconds < MTIME.octalLimit();
        octal(MTIME, Math.max(0, seconds));
        if (!plain) {
            records.putTime("mtime", entry.modified());
        }
        octal(MAJOR, deviceNumber(entry, entry.deviceMajor()));
        octal(MINOR, deviceNumber(entry, entry.deviceMinor()));
        for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
            records.putXattr(xattr.getKey(), xattr.getValue());
        }
        seal(entry.type().flag());
        return records;
    }

    private static long deviceNumber(TarEntry entry, int number) {
        if (number < 0 || number >= MAJOR.octalLimit()) {
            throw new ImageFault(
                    Kind.INVALID_ARGUMENT, entry.name() + ": a tar cannot hold the device number " + number);
        }
        return number;
    }

    /** The header of a pax extended header that belongs to the entry. */
    byte[] pax(TarEntry entry, int length) {
        String name = entry.name();
        byte[] last = NameBytes.encode("PaxHeaders/" + name.substring(name.lastIndexOf('/') + 1));
        for (int i = 0; i < last.length; i++) {
            last[i] = last[i] < 0 ? (byte) '_' : last[i];
        }
        System.arraycopy(last, 0, block, NAME.offset, Math.min(last.length, NAME.length));
        octal(MODE, 0644);
        octal(UID, 0);
        octal(GID, 0);
        octal(SIZE, length);
        octal(MTIME, 0);
        octal(MAJOR, 0);
        octal(MINOR, 0);
        seal('x');
        return block;
    }

    private void putName(String text, PaxRecords records) {
        byte[] name = NameBytes.encode(text);
        if (name.length <= NAME.length || !ascii(name)) {
            if (!putText(NAME, name)) {
                records.putName("path", text);
            }
            return;
        }
        // Ustar joins prefix and name with a slash; the name must not be empty.
        for (int i = Math.min(PREFIX.length, name.length - 2); i > 0 && name.length - i - 1 <= NAME.length; i--) {
            if (name[i] == '/') {
                System.arraycopy(name, 0, block, PREFIX.offset, i);
                System.arraycopy(name, i + 1, block, NAME.offset, name.length - i - 1);
                return;
            }
        }
        putText(NAME, name);
        records.putName("path", text);
    }

    /** Whether the field holds the text; what is not ASCII is always left to a record, whose encoding is defined. */
    private boolean putText(Field field, byte[] text) {
        boolean whole = text.length <= field.length && ascii(text);
        for (int i = 0; i < Math.min(text.length, field.length); i++) {
            block[field.offset + i] = text[i] < 0 ? (byte) '_' : text[i];
        }
        return whole;
    }

    private static boolean ascii(byte[] text) {
        for (byte b : text) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }

    private void putNumber(Field field, long number, String key, PaxRecords records) {
        boolean fits = number < field.octalLimit();
        octal(field, fits ? number : 0);
        if (!fits) {
            records.putNumber(key, number);
        }
    }

    private void octal(Field field, long number) {
        long rest = number;
        for (int i = field.offset + field.length - 2; i >= field.offset; i--) {
            block[i] = (byte) ('0' + (rest & 7));
            rest >>>= 3;
        }
    }

    private void seal(char flag) {
        block[FLAG] = (byte) flag;
        byte[] magic = "ustar\0".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(magic, 0, block, MAGIC, magic.length);
        block[MAGIC + 6] = '0';
        block[MAGIC + 7] = '0';
        // Six digits, a NUL and a space, as every tar since the first writes it.
        octal(new Field(CHECKSUM.offset, 7), sum(false));
        block[CHECKSUM.offset + 7] = ' ';
    }

    // ---- reading

    boolean isZero() {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    void verify() {
        long wanted = number(CHECKSUM);
        // Some old tars added the bytes as signed.
        if (wanted != sum(false) && wanted != sum(true)) {
            throw new ImageFault(
                    Kind.INVALID_ARGUMENT, "not a tar, or a damaged one: the checksum of a header is wrong");
        }
    }

    private long sum(boolean signed) {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            boolean blank = i >= CHECKSUM.offset && i < CHECKSUM.offset + CHECKSUM.length;
            int value = blank ? ' ' : block[i];
            sum += signed ? value : value & 0xFF;
        }
        return sum;
    }

    char flag() {
        return (char) (block[FLAG] & 0xFF);
    }

    String name() {
        String name = text(NAME);
        boolean ustar = block[MAGIC + 5] == 0 && text(new Field(MAGIC, 5)).equals("ustar");
        String prefix = ustar ? text(PREFIX) : "";
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    String link() {
        return text(LINK);
    }

    long mode() {
        return number(MODE);
    }

    long uid() {
        return number(UID);
    }

    long gid() {
        return number(GID);
    }

    long size() {
        return number(SIZE);
    }

    long modified() {
        return nanos(number(MTIME), 0);
    }

    long device() {
        return TarEntry.device((int) number(MAJOR), (int) number(MINOR));
    }

    /** A number of twelve bytes of GNU's old sparse format; its two header layouts share nothing but the width. */
    long sparseNumber(int offset) {
        return number(new Field(offset, 12));
    }

    boolean isSet(int offset) {
        return block[offset] != 0;
    }

    private String text(Field field) {
        int end = field.offset;
        while (end < field.offset + field.length && block[end] != 0) {
            end++;
        }
        return NameBytes.decode(block, field.offset, end - field.offset);
    }

    /** Octal digits between blanks and NULs; or, with the top bit set, GNU's base 256 in two's complement. */
    private long number(Field field) {
        return (block[field.offset] & 0x80) != 0 ? binary(field) : octal(field);
    }

    private long octal(Field field) {
        int at = field.offset;
        int end = at + field.length;
        while (at < end && (block[at] == ' ' || block[at] == 0)) {
            at++;
        }
        long value = 0;
        for (; at < end && block[at] != ' ' && block[at] != 0; at++) {
            if (block[at] < '0' || block[at] > '7') {
                throw new ImageFault(Kind.INVALID_ARGUMENT, "damaged tar: a header holds a number that is none");
            }
            value = (value << 3) | (block[at] - '0');
        }
        return value;
    }

    private long binary(Field field) {
        boolean negative = (block[field.offset] & 0x40) != 0;
        // The flag bit is no part of the number; what remains of the first byte is sign-extended.
        long value = negative ? block[field.offset] : block[field.offset] & 0x7F;
        for (int i = 1; i < field.length; i++) {
            long top = value >> 55;
            if (top != 0 && top != -1) {
                throw new ImageFault(Kind.INVALID_ARGUMENT, "damaged tar: a header holds a number beyond 64 bits");
            }
            value = (value << 8) | (block[field.offset + i] & 0xFF);
        }
        return value;
    }

    // ---- numbers

    /** Seconds and nanoseconds of the same sign as nanoseconds, saturated. */
    static long nanos(long seconds, long fraction) {
        if (seconds >= Long.MAX_VALUE / NANOS) {
            return Long.MAX_VALUE;
        }
        return seconds <= Long.MIN_VALUE / NANOS ? Long.MIN_VALUE : seconds * NANOS + fraction;
    }

    /** The decimal number in these bytes, or -1 when it is none or needs more than 18 digits. */
    static long decimal(byte[] bytes, int from, int to) {
        if (to <= from || to - from > 18) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return -1;
            }
            value = value * 10 + (bytes[i] - '0');
        }
        return value;
    }
}
