package io.buildkit4j.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A body as a stream that does not wait for ever: the JDK's own waits as long as the connection stands, whether or not
 * anything comes. A few pieces are asked for ahead of the reader.
 */
public final class ResponseBody extends InputStream implements HttpResponse.BodySubscriber<InputStream> {
    private static final int AHEAD = 8;

    private final Duration patience;
    private final CompletableFuture<InputStream> body = CompletableFuture.completedFuture(this);
    private final BlockingQueue<Piece> arrived = new LinkedBlockingQueue<>();
    private final Deque<ByteBuffer> buffers = new ArrayDeque<>();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private @Nullable Piece end;

    /** Bytes, or the end, good or bad. */
    private sealed interface Piece {
        record Bytes(List<ByteBuffer> buffers) implements Piece {}

        record End() implements Piece {}

        record Failure(Throwable cause) implements Piece {}
    }

    /** One that waits so long for each piece. */
    public ResponseBody(Duration patience) {
        this.patience = patience;
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription made) {
        subscription.complete(made);
        made.request(AHEAD);
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
        arrived.add(new Piece.Bytes(item));
    }

    @Override
    public void onError(Throwable cause) {
        arrived.add(new Piece.Failure(cause));
    }

    @Override
    public void onComplete() {
        arrived.add(new Piece.End());
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (true) {
            ByteBuffer buffer = buffers.peek();
            if (buffer == null) {
                if (!more()) {
                    return -1;
                }
            } else if (buffer.hasRemaining()) {
                int count = Math.min(length, buffer.remaining());
                buffer.get(into, offset, count);
                return count;
            } else {
                buffers.remove();
            }
        }
    }

    private boolean more() throws IOException {
        Piece next = end == null ? take() : end;
        return switch (next) {
            case Piece.Bytes bytes -> {
                buffers.addAll(bytes.buffers);
                subscription.join().request(1);
                yield true;
            }
            case Piece.End done -> {
                end = done;
                yield false;
            }
            case Piece.Failure failure -> {
                end = failure;
                throw new IOException(String.valueOf(failure.cause.getMessage()), failure.cause);
            }
        };
    }

    private Piece take() throws IOException {
        try {
            Piece next = arrived.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (next != null) {
                return next;
            }
            close();
            throw new HttpTimeoutException("nothing came for " + patience.toSeconds() + " s");
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    /** Gives the connection up unless the body came to its end. */
    @Override
    public void close() {
        CompletableFuture<Void> _ = subscription.thenAccept(Flow.Subscription::cancel);
    }
}
