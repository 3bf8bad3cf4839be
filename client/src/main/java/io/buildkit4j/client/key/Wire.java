package io.buildkit4j.client.key;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Values as ssh writes them (RFC 4251, section 5). */
final class Wire {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    Wire number(int value) {
        try {
            out.writeInt(value);
            return this;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    Wire kind(int value) {
        bytes.write(value);
        return this;
    }

    Wire string(byte[] value) {
        number(value.length);
        bytes.writeBytes(value);
        return this;
    }

    Wire string(String value) {
        return string(value.getBytes(StandardCharsets.UTF_8));
    }

    Wire integer(BigInteger value) {
        return string(value.signum() == 0 ? new byte[0] : value.toByteArray());
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    /** The next string. */
    static byte[] string(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] value = new byte[length];
        in.get(value);
        return value;
    }

    static String text(ByteBuffer in) {
        return new String(string(in), StandardCharsets.UTF_8);
    }

    static BigInteger integer(ByteBuffer in) {
        byte[] value = string(in);
        return value.length == 0 ? BigInteger.ZERO : new BigInteger(value);
    }
}
