package io.buildkit4j.wire;

import com.google.protobuf.UnsafeByteOperations;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.proto.content.ContentGrpc;
import io.buildkit4j.wire.proto.content.InfoRequest;
import io.buildkit4j.wire.proto.content.ReadContentRequest;
import io.buildkit4j.wire.proto.content.ReadContentResponse;
import io.buildkit4j.wire.proto.content.WriteAction;
import io.buildkit4j.wire.proto.content.WriteContentRequest;
import io.buildkit4j.wire.proto.content.WriteContentResponse;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One of the client's content stores, asked through its session (containerd's content service, version 1). */
final class RemoteContent implements SessionContent {
    /** A message of the peer's default limit is 4 MiB; larger pieces than this gain nothing. */
    private static final int PIECE = 1 << 20;

    private final Channel channel;
    private final Metadata headers = new Metadata();

    RemoteContent(Channel channel, String store) {
        this(channel);
        SessionHeaders.put(headers, SessionHeaders.STORE, List.of(store));
    }

    /** That of a peer that has one only. */
    RemoteContent(Channel channel) {
        this.channel = channel;
    }

    /**
     * How content is written.
     *
     * @param name of the transfer; two of the same name hinder each other
     * @param labels that it has from the beginning
     */
    record Writing(String name, Map<String, String> labels) {}

    private ContentGrpc.ContentBlockingV2Stub stub() {
        return ContentGrpc.newBlockingV2Stub(
                ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)));
    }

    @Override
    public Optional<Long> size(String digest) throws InterruptedException {
        try {
            InfoRequest request = InfoRequest.newBuilder().setDigest(digest).build();
            return Optional.of(Calls.ask(() -> stub().info(request)).getInfo().getSize());
        } catch (WireFault fault) {
            if (fault.kind() == Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw fault;
        }
    }

    @Override
    public InputStream open(String digest, long offset) throws InterruptedException {
        ReadContentRequest request = ReadContentRequest.newBuilder()
                .setDigest(digest)
                .setOffset(offset)
                .build();
        return new Pieces(stub().read(request));
    }

    @Override
    public void put(String digest, long size, InputStream content) throws InterruptedException {
        put(digest, size, content, new Writing("buildkit4j-" + digest, Map.of()));
    }

    void put(String digest, long size, InputStream content, Writing writing) throws InterruptedException {
        try (Duplex<WriteContentResponse, WriteContentRequest> call =
                Duplex.call(channel, ContentGrpc.getWriteMethod(), headers, answer -> 64)) {
            WriteContentRequest.Builder named =
                    WriteContentRequest.newBuilder().setTotal(size).setExpected(digest);
            ask(
                    call,
                    named.clone()
                            .setAction(WriteAction.STAT)
                            .setRef(writing.name())
                            .build());
            long sent = bytes(call, content);
            ask(
                    call,
                    named.setAction(WriteAction.COMMIT)
                            .setOffset(sent)
                            .putAllLabels(writing.labels())
                            .build());
            call.complete();
            call.drain();
        } catch (WireFault fault) {
            if (fault.kind() != Kind.ALREADY_EXISTS) {
                throw fault;
            }
        } catch (IOException failed) {
            throw new WireFault(Kind.UNKNOWN, "cannot read " + digest + ": " + failed.getMessage(), failed);
        }
    }

    private static long bytes(Duplex<WriteContentResponse, WriteContentRequest> call, InputStream content)
            throws IOException, InterruptedException {
        long offset = 0;
        while (true) {
            // a new one each time: the one before may still be on its way
            byte[] piece = content.readNBytes(PIECE);
            if (piece.length == 0) {
                return offset;
            }
            ask(
                    call,
                    WriteContentRequest.newBuilder()
                            .setAction(WriteAction.WRITE)
                            .setOffset(offset)
                            .setData(UnsafeByteOperations.unsafeWrap(piece))
                            .build());
            offset += piece.length;
        }
    }

    /** Every request has one answer. */
    private static void ask(Duplex<WriteContentResponse, WriteContentRequest> call, WriteContentRequest request)
            throws InterruptedException {
        call.write(request);
        if (call.read().isEmpty()) {
            throw new WireFault(Kind.UNAVAILABLE, "the client's content store stopped in the middle of a transfer");
        }
    }

    private static final class Pieces extends PieceStream {
        private final BlockingClientCall<?, ReadContentResponse> call;

        Pieces(BlockingClientCall<?, ReadContentResponse> call) {
            this.call = call;
        }

        @Override
        Optional<byte[]> next() throws IOException, InterruptedException {
            try {
                return Optional.ofNullable(call.read())
                        .map(message -> message.getData().toByteArray());
            } catch (StatusException failed) {
                throw new IOException(WireStatus.fault(failed).getMessage(), failed);
            }
        }

        @Override
        public void close() {
            call.cancel("closed", null);
        }
    }
}
