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

/** {@code containerd.services.content.v1.Content} over what the daemon keeps: for reading what is known by its digest. */
final class ContentService extends ContentGrpc.ContentImplBase {
    private static final int CHUNK = 1 << 20;

    private final ContentStore content;

    ContentService(ContentStore content) {
        this.content = content;
    }

    private Descriptor find(String digest) {
        Digest wanted = Digest.parse(digest);
        long size = content.size(wanted)
                .orElseThrow(() -> new DaemonFault(Kind.NOT_FOUND, "content " + digest + ": not found"));
        return Descriptor.of(MediaTypes.OCI_MANIFEST, wanted, size);
    }

    @Override
    public void info(InfoRequest request, StreamObserver<InfoResponse> caller) {
        Descriptor found = find(request.getDigest());
        Call.answer(
                caller,
                InfoResponse.newBuilder()
                        .setInfo(Info.newBuilder()
                                .setDigest(found.digest().toString())
                                .setSize(found.size()))
                        .build());
    }

    @Override
    public void read(ReadContentRequest request, StreamObserver<ReadContentResponse> caller) {
        Outflow.serve(caller, out -> {
            Descriptor found = find(request.getDigest());
            long position = request.getOffset();
            long left = request.getSize() > 0 ? request.getSize() : found.size() - position;
            if (position < 0 || position + left > found.size()) {
                throw new DaemonFault(
                        Kind.OUT_OF_RANGE, "content " + found.digest() + " has " + found.size() + " bytes only");
            }
            try (InputStream in = content.open(found)) {
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
                        Kind.DATA_LOSS, "cannot read content " + found.digest() + ": " + failed.getMessage(), failed);
            }
        });
    }
}
