package io.buildkit4j.wire;

import io.buildkit4j.wire.proto.filesync.FileSendGrpc;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Messages left as bytes; in FileSend.DiffCopy, which of two types they are depends on the target. */
final class RawMessages implements MethodDescriptor.Marshaller<byte[]> {
    static final RawMessages BYTES = new RawMessages();

    static final MethodDescriptor<byte[], byte[]> FILE_SEND =
            FileSendGrpc.getDiffCopyMethod().toBuilder(BYTES, BYTES).build();

    @Override
    public InputStream stream(byte[] message) {
        return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
        try {
            return stream.readAllBytes();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
