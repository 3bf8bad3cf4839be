package io.buildkit4j.image.deflate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Bits, the lowest first, into a growing array. */
final class BitOutput {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes = new byte[1 << 16];
    private int length;
    private long held;
    private int count;

    /** Room for that many further bytes, and a little. */
    void reserve(int more) {
        if (bytes.length - length < more + 16) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more + 16));
        }
    }

    /** At most 32 bits; room must have been reserved. */
    void put(int bits, int number) {
        held |= (bits & 0xFFFFFFFFL) << count;
        count += number;
        if (count >= 32) {
            flush();
        }
    }

    private void flush() {
        LONG.set(bytes, length, held);
        int whole = count >>> 3;
        length += whole;
        held = whole == 8 ? 0 : held >>> (whole << 3);
        count &= 7;
    }

    /** Fills the last byte with zeros. */
    void align() {
        flush();
        if (count > 0) {
            bytes[length++] = (byte) held;
        }
        held = 0;
        count = 0;
    }

    /** Whole bytes, only after {@link #align}. */
    void put(byte[] source, int from, int number) {
        System.arraycopy(source, from, bytes, length, number);
        length += number;
    }

    void clear() {
        length = 0;
        held = 0;
        count = 0;
    }

    int length() {
        return length;
    }

    byte[] array() {
        return bytes;
    }
}
