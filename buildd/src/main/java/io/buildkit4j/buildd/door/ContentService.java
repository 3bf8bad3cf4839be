package io.buildkit4j.buildd.door;

import com.google.protobuf.ByteString;
import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.MediaTypes;
import io.buildkit4j.store.ContentStore;
import io.buildkit4j.wire.proto.content.ContentGrpc;
import io.buildkit4j.wire.proto.content.Info;
import io.buildkit4j.wire.proto.content.InfoRequest;
import io.buildkit4j.wire.proto.content.InfoResponse;
import io.buildkit4j.wire.proto.content.ReadContentRequest;
import io.buildkit4j.wire.proto.content.ReadContentResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * {@code containerd.services.content.v1.Content} over what the daemon keeps and what its history says: for reading what
 * is known by its digest.
 */
final class ContentService extends ContentGrpc.ContentImplBase {
    private static final int CHUNK = 1 << 20;

    private final ContentStore content;
    private final HistoryContent history;

    ContentService(ContentStore content, HistoryContent history) {
        this.content = content;
        this.history = history;
    }

    private HistoryContent.Found find(String digest) throws InterruptedException {
        Digest wanted = Digest.parse(digest);
        Optional<Long> size = content.size(wanted);
        if (size.isPresent()) {
            Descriptor stored = Descriptor.of(MediaTypes.OCI_MANIFEST, wanted, size.get());
            return new HistoryContent.Found(size.get(), () -> content.open(stored));
        }
        return history.find(digest)
                .orElseThrow(() -> new DaemonFault(Kind.NOT_FOUND, "content " + digest + ": not found"));
    }

    @Override
    public void info(InfoRequest request, StreamObserver<InfoResponse> caller) {
        Call.serve(
                caller,
                () -> Call.answer(
                        caller,
                        InfoResponse.newBuilder()
                                .setInfo(Info.newBuilder()
                                        .setDigest(request.getDigest())
                                        .setSize(find(request.getDigest()).size()))
                                .build()));
    }

    @Override
    public void read(ReadContentRequest request, StreamObserver<ReadContentResponse> caller) {
        Outflow.serve(caller, out -> {
            HistoryContent.Found found = find(request.getDigest());
            long position = request.getOffset();
            long left = request.getSize() > 0 ? request.getSize() : found.size() - position;
            if (position < 0 || position + left > found.size()) {
                throw new DaemonFault(
                        Kind.OUT_OF_RANGE, "content " + request.getDigest() + " has " + found.size() + " bytes only");
            }
            try (InputStream in = found.body().open()) {
                in.skipNBytes(position);
                while (left > 0) {
                    byte[] bytes = in.readNBytes((int) Math.min(CHUNK, left));
                    if (bytes.length == 0) {
                        break;
                    }
                    out.send(ReadContentResponse.newBuilder()
                            .setOffset(position)
                            .setData(ByteString.copyFrom(bytes))
                            .build());
                    position += bytes.length;
                    left -= bytes.length;
                }
            } catch (IOException failed) {
                throw new DaemonFault(
                        Kind.DATA_LOSS,
                        "cannot read content " + request.getDigest() + ": " + failed.getMessage(),
                        failed);
            }
        });
    }
}
