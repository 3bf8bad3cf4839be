package io.buildkit4j.wire;

import com.google.protobuf.UnsafeByteOperations;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.proto.content.ContentGrpc;
import io.buildkit4j.wire.proto.content.Info;
import io.buildkit4j.wire.proto.content.InfoRequest;
import io.buildkit4j.wire.proto.content.InfoResponse;
import io.buildkit4j.wire.proto.content.ReadContentRequest;
import io.buildkit4j.wire.proto.content.ReadContentResponse;
import io.buildkit4j.wire.proto.content.WriteAction;
import io.buildkit4j.wire.proto.content.WriteContentRequest;
import io.buildkit4j.wire.proto.content.WriteContentResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/** Content stores of the client, as containerd's content service. */
final class ContentService extends ContentGrpc.ContentImplBase {
    private static final int PIECE = 256 << 10;

    private final SessionOffer.Stores stores;
    private final ExecutorService threads;

    ContentService(SessionOffer.Stores stores, ExecutorService threads) {
        this.stores = stores;
        this.threads = threads;
    }

    private SessionContent store() {
        return store(RequestHeaders.current().first(SessionHeaders.STORE));
    }

    private SessionContent store(Optional<String> name) {
        return stores.open(name.orElseThrow(() -> new WireFault(Kind.INVALID_ARGUMENT, "no content store is named")));
    }

    private static WireFault absent(String digest) {
        return new WireFault(Kind.NOT_FOUND, "content " + digest + ": not found");
    }

    @Override
    @SuppressWarnings("InterruptedExceptionSwallowed") // the call ends as cancelled
    public void info(InfoRequest request, StreamObserver<InfoResponse> responses) {
        try {
            long size = store().size(request.getDigest()).orElseThrow(() -> absent(request.getDigest()));
            Info info = Info.newBuilder()
                    .setDigest(request.getDigest())
                    .setSize(size)
                    .build();
            responses.onNext(InfoResponse.newBuilder().setInfo(info).build());
            responses.onCompleted();
        } catch (InterruptedException | WireFault failed) {
            responses.onError(WireStatus.of(failed));
        }
    }

    @Override
    @SuppressWarnings("InterruptedExceptionSwallowed") // the call ends as cancelled
    public void read(ReadContentRequest request, StreamObserver<ReadContentResponse> responses) {
        ServerCallStreamObserver<ReadContentResponse> out = (ServerCallStreamObserver<ReadContentResponse>) responses;
        try {
            if (store().size(request.getDigest()).isEmpty()) {
                throw absent(request.getDigest());
            }
            Reading reading = new Reading(store().open(request.getDigest(), request.getOffset()), request, out);
            out.setOnReadyHandler(reading::more);
            out.setOnCancelHandler(reading::close);
        } catch (InterruptedException | WireFault failed) {
            responses.onError(WireStatus.of(failed));
        }
    }

    /** Sends as long as the caller takes; called again when it takes more. */
    private static final class Reading {
        private final InputStream in;
        private final ServerCallStreamObserver<ReadContentResponse> out;
        private long offset;
        private long left;
        private boolean ended;

        Reading(InputStream in, ReadContentRequest request, ServerCallStreamObserver<ReadContentResponse> out) {
            this.in = in;
            this.out = out;
            this.offset = request.getOffset();
            this.left = request.getSize() > 0 ? request.getSize() : Long.MAX_VALUE;
        }

        void more() {
            try {
                while (!ended && out.isReady()) {
                    byte[] piece = in.readNBytes((int) Math.min(PIECE, left));
                    if (piece.length == 0) {
                        ended = true;
                        in.close();
                        out.onCompleted();
                        return;
                    }
                    out.onNext(ReadContentResponse.newBuilder()
                            .setOffset(offset)
                            .setData(UnsafeByteOperations.unsafeWrap(piece))
                            .build());
                    offset += piece.length;
                    left -= piece.length;
                }
            } catch (IOException failed) {
                ended = true;
                out.onError(WireStatus.of(
                        new WireFault(Kind.UNKNOWN, "cannot read the content: " + failed.getMessage(), failed)));
            }
        }

        void close() {
            Quietly.close(in);
        }
    }

    @Override
    public StreamObserver<WriteContentRequest> write(StreamObserver<WriteContentResponse> responses) {
        Optional<String> name = RequestHeaders.current().first(SessionHeaders.STORE);
        return Duplex.serve(
                responses,
                threads,
                message -> 256 + message.getData().size(),
                call -> new Writing(call, store(name)).run());
    }

    /** One blob on its way into a store. Every request is answered, the last one when the blob is there. */
    private static final class Writing extends InputStream {
        private final Duplex<WriteContentRequest, WriteContentResponse> call;
        private final SessionContent store;
        private byte[] piece = {};
        private int at;
        private long offset;
        private boolean committed;
        private WriteContentRequest first = WriteContentRequest.getDefaultInstance();

        Writing(Duplex<WriteContentRequest, WriteContentResponse> call, SessionContent store) {
            this.call = call;
            this.store = store;
        }

        void run() throws InterruptedException {
            Optional<WriteContentRequest> begun = call.read();
            if (begun.isEmpty()) {
                return;
            }
            first = begun.get();
            String digest = first.getExpected();
            if (digest.isEmpty()) {
                throw new WireFault(Kind.INVALID_ARGUMENT, "content without a digest cannot be stored");
            }
            if (store.size(digest).isPresent()) {
                throw new WireFault(Kind.ALREADY_EXISTS, "content " + digest + ": already exists");
            }
            take(first);
            store.put(digest, first.getTotal(), this);
            if (!committed) {
                throw new WireFault(Kind.CANCELED, "the content " + digest + " was not committed");
            }
            answer(WriteAction.COMMIT);
        }

        private void take(WriteContentRequest request) {
            boolean inPlace = request.getAction() == WriteAction.STAT || request.getOffset() == offset;
            if (!inPlace) {
                throw new WireFault(
                        Kind.OUT_OF_RANGE, "content comes for offset " + request.getOffset() + " at offset " + offset);
            }
            piece = request.getData().toByteArray();
            at = 0;
            offset += piece.length;
            committed = request.getAction() == WriteAction.COMMIT;
            if (!committed) {
                answer(request.getAction());
            }
        }

        private void answer(WriteAction action) {
            call.writeNow(WriteContentResponse.newBuilder()
                    .setAction(action)
                    .setOffset(offset)
                    .setTotal(first.getTotal())
                    .setDigest(first.getExpected())
                    .build());
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            try {
                while (at == piece.length && !committed) {
                    take(call.read().orElseThrow(() -> new WireFault(Kind.CANCELED, "the content was given up")));
                }
            } catch (InterruptedException cancelled) {
                Thread.currentThread().interrupt();
                throw new java.io.InterruptedIOException("interrupted");
            }
            if (at == piece.length) {
                return -1;
            }
            int count = Math.min(length, piece.length - at);
            System.arraycopy(piece, at, into, from, count);
            at += count;
            return count;
        }
    }
}
