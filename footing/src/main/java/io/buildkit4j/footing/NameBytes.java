package io.buildkit4j.footing;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * File names are bytes; here they are texts. Bytes that are UTF-8 become what they say; every byte that is not becomes one
 * lone surrogate U+DC80 to U+DCFF (byte value plus U+DC00), so that {@link #encode} gives back exactly the bytes that {@link
 * #decode} took. Such texts are for names only: they are not valid in protobuf or JSON.
 */
public final class NameBytes {
    private static final int ESCAPE = 0xDC00;

    private NameBytes() {}

    /** The name that these bytes are. */
    public static String decode(byte[] bytes) {
        return decode(bytes, 0, bytes.length);
    }

    /** The name that these bytes are. */
    public static String decode(byte[] bytes, int offset, int length) {
        String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
        // The replacement character stands for a byte that is not UTF-8, or it is in the name, which the slow way gets
        // right too.
        return text.indexOf('\uFFFD') < 0 ? text : escaping(bytes, offset, length);
    }

    private static String escaping(byte[] bytes, int offset, int length) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
        CharBuffer out = CharBuffer.allocate(length);
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (!result.isError()) {
                return out.flip().toString();
            }
            for (int i = result.length(); i > 0; i--) {
                out.put((char) (ESCAPE + (in.get() & 0xFF)));
            }
            decoder.reset();
        }
    }

    /** The bytes of a name. A surrogate that stands for nothing becomes a question mark, as in the JDK. */
    public static byte[] encode(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (escaped(name, i)) {
                return unescaping(name);
            }
        }
        return name.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean escaped(String name, int i) {
        char c = name.charAt(i);
        return c >= ESCAPE + 0x80 && c <= ESCAPE + 0xFF && (i == 0 || !Character.isHighSurrogate(name.charAt(i - 1)));
    }

    private static byte[] unescaping(String name) {
        ByteBuffer out = ByteBuffer.allocate(name.length() * 3);
        int plain = 0;
        for (int i = 0; i < name.length(); i++) {
            if (escaped(name, i)) {
                out.put(name.substring(plain, i).getBytes(StandardCharsets.UTF_8));
                out.put((byte) (name.charAt(i) - ESCAPE));
                plain = i + 1;
            }
        }
        out.put(name.substring(plain).getBytes(StandardCharsets.UTF_8));
        return Arrays.copyOf(out.array(), out.position());
    }

    /** Whether all bytes of the name are UTF-8, so that it can cross where only Unicode may. */
    public static boolean isUnicode(String name) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(name);
    }

    /** The order of the names' bytes, which is not that of {@link String#compareTo} beyond U+D7FF. */
    public static int compare(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                return x < Character.MIN_SURROGATE && y < Character.MIN_SURROGATE
                        ? x - y
                        : Arrays.compareUnsigned(encode(a), encode(b));
            }
        }
        return a.length() - b.length();
    }
}
