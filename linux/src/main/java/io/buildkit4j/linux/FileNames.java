package io.buildkit4j.linux;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/**
 * File names are bytes; here they are Strings. Bytes that are UTF-8 are decoded as such; every other byte {@code b} becomes
 * the lone low surrogate {@code U+DC00 + b} (Python's surrogateescape, PEP 383), so that each name has exactly one String
 * and comes back byte for byte.
 */
public final class FileNames {
    /** Orders names and paths by their bytes, as the kernel's and the protocol's peers do. */
    public static final Comparator<String> BY_BYTES = FileNames::compareBytes;

    private static final int ESCAPE = 0xDC00;

    private FileNames() {}

    /** The String of these bytes. */
    public static String decode(byte[] bytes) {
        return decode(bytes, 0, bytes.length);
    }

    /** The String of a part of these bytes. */
    public static String decode(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] < 0) {
                return decodeUnicode(ByteBuffer.wrap(bytes, offset, length));
            }
        }
        return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }

    private static String decodeUnicode(ByteBuffer in) {
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
        while (true) {
            var result = decoder.decode(in, out, true);
            if (result.isUnderflow()) {
                return out.flip().toString();
            }
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (ESCAPE + (in.get() & 0xff)));
            }
            decoder.reset();
        }
    }

    /** The bytes that this String stands for, without a terminating zero. */
    public static byte[] encode(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (Character.isSurrogate(name.charAt(i))) {
                return encodeEscaped(name);
            }
        }
        return name.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] encodeEscaped(String name) {
        byte[] out = new byte[name.length() * 3];
        int size = 0;
        for (int i = 0; i < name.length(); ) {
            int point = name.codePointAt(i);
            i += Character.charCount(point);
            if (point >= ESCAPE + 0x80 && point <= ESCAPE + 0xff) {
                out[size++] = (byte) (point - ESCAPE);
                continue;
            }
            byte[] encoded = Character.toString(point).getBytes(StandardCharsets.UTF_8);
            System.arraycopy(encoded, 0, out, size, encoded.length);
            size += encoded.length;
        }
        return Arrays.copyOf(out, size);
    }

    /** Whether all bytes of the name are UTF-8, so that it can cross where only Unicode may. */
    public static boolean isUnicode(String name) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(name);
    }

    private static int compareBytes(String a, String b) {
        int shorter = Math.min(a.length(), b.length());
        for (int i = 0; i < shorter; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                return x < Character.MIN_SURROGATE && y < Character.MIN_SURROGATE
                        ? Character.compare(x, y)
                        : Arrays.compareUnsigned(encode(a), encode(b));
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
