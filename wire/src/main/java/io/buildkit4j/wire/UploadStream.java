package io.buildkit4j.wire;

import io.buildkit4j.wire.proto.upload.BytesMessage;
import io.buildkit4j.wire.proto.upload.UploadGrpc;
import io.grpc.Channel;
import io.grpc.Metadata;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;

/** Bytes that a client uploads, as they arrive (Upload.Pull). */
final class UploadStream extends InputStream {
    /** The only host whose paths clients offer. */
    static final String HOST = "buildkit-session";

    private final Duplex<BytesMessage, BytesMessage> call;
    private byte[] piece = {};
    private int at;

    private UploadStream(Duplex<BytesMessage, BytesMessage> call) {
        this.call = call;
    }

    static UploadStream of(Channel channel, String path) {
        Metadata headers = new Metadata();
        SessionHeaders.put(headers, "urlpath", List.of(path));
        SessionHeaders.put(headers, "urlhost", List.of(HOST));
        return new UploadStream(Duplex.call(
                channel,
                UploadGrpc.getPullMethod(),
                headers,
                message -> 64 + message.getData().size()));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        while (at == piece.length) {
            Optional<BytesMessage> next = next();
            if (next.isEmpty()) {
                return -1;
            }
            piece = next.get().getData().toByteArray();
            at = 0;
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, into, offset, count);
        at += count;
        return count;
    }

    private Optional<BytesMessage> next() throws IOException {
        try {
            return call.read();
        } catch (WireFault failed) {
            throw new IOException(failed.getMessage(), failed);
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    @Override
    public void close() {
        call.close();
    }
}
