package io.buildkit4j.wire;

import io.buildkit4j.wire.proto.upload.BytesMessage;
import io.buildkit4j.wire.proto.upload.UploadGrpc;
import io.grpc.Channel;
import io.grpc.Metadata;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Bytes that a client uploads, as they arrive (Upload.Pull). */
final class UploadStream extends PieceStream {
    /** The only host whose paths clients offer. */
    static final String HOST = "buildkit-session";

    private final Duplex<BytesMessage, BytesMessage> call;

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
    Optional<byte[]> next() throws IOException, InterruptedException {
        try {
            return call.read().map(message -> message.getData().toByteArray());
        } catch (WireFault failed) {
            throw new IOException(failed.getMessage(), failed);
        }
    }

    @Override
    public void close() {
        call.close();
    }
}
