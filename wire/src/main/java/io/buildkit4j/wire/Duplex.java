package io.buildkit4j.wire;

import io.buildkit4j.footing.Kind;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.CallStreamObserver;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A two-way call as blocking reads and writes. What arrives is taken at once into a queue, because the library beneath keeps
 * each unread frame in 8 KiB; only when the queue weighs too much is the other side made to wait.
 */
final class Duplex<I, O> implements AutoCloseable {
    private static final int CREDIT = 64;
    private static final long HEAVY = 8 << 20;

    /** Guards the inbound fields; held for a few instructions only. */
    private final ReentrantLock inboundLock = new ReentrantLock();

    private final Condition arrived = inboundLock.newCondition();
    private final Condition finished = inboundLock.newCondition();
    private final ArrayDeque<I> queue = new ArrayDeque<>();
    private final ToIntFunction<? super I> weigher;
    private long weight;
    private int credit;
    private boolean ended;
    private @Nullable WireFault failure;

    /** Guards what is sent, whose order it makes; held while a message is put into the library's buffer. */
    private final ReentrantLock outboundLock = new ReentrantLock();

    private final Condition writable = outboundLock.newCondition();
    private volatile boolean over;
    private boolean completed;
    private volatile @Nullable CallStreamObserver<O> out;

    private Duplex(ToIntFunction<? super I> weigher) {
        this.weigher = weigher;
    }

    /** Calls a method. */
    static <I, O> Duplex<I, O> call(
            Channel channel, MethodDescriptor<O, I> method, Metadata headers, ToIntFunction<? super I> weigher) {
        Duplex<I, O> duplex = new Duplex<>(weigher);
        Channel withHeaders =
                io.grpc.ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
        ClientCalls.asyncBidiStreamingCall(
                withHeaders.newCall(method, CallOptions.DEFAULT), new ClientResponseObserver<O, I>() {
                    @Override
                    public void beforeStart(ClientCallStreamObserver<O> requests) {
                        requests.disableAutoRequestWithInitial(0);
                        duplex.begin(requests);
                    }

                    @Override
                    public void onNext(I message) {
                        duplex.arrive(message);
                    }

                    @Override
                    public void onError(Throwable thrown) {
                        duplex.end(WireStatus.fault(thrown));
                    }

                    @Override
                    public void onCompleted() {
                        duplex.end(null);
                    }
                });
        duplex.topUp();
        return duplex;
    }

    /** What serves one call, on a thread of its own. */
    @FunctionalInterface
    interface Body<I, O> {
        void run(Duplex<I, O> call) throws InterruptedException;
    }

    /** Serves a call: must be called by the thread that the library calls the service on. */
    static <I, O> StreamObserver<I> serve(
            StreamObserver<O> responses, ExecutorService threads, ToIntFunction<? super I> weigher, Body<I, O> body) {
        Duplex<I, O> duplex = new Duplex<>(weigher);
        ServerCallStreamObserver<O> out = (ServerCallStreamObserver<O>) responses;
        out.disableAutoRequest();
        out.setOnCancelHandler(() -> duplex.end(new WireFault(Kind.CANCELED, "the caller has gone")));
        duplex.begin(out);
        duplex.topUp();
        threads.execute(() -> duplex.answer(body));
        return new StreamObserver<>() {
            @Override
            public void onNext(I message) {
                duplex.arrive(message);
            }

            @Override
            public void onError(Throwable thrown) {
                duplex.end(WireStatus.fault(thrown));
            }

            @Override
            public void onCompleted() {
                duplex.end(null);
            }
        };
    }

    @SuppressWarnings("InterruptedExceptionSwallowed") // the call ends as cancelled, and with it this thread's work
    private void answer(Body<I, O> body) {
        try {
            body.run(this);
            complete();
        } catch (Throwable thrown) {
            fail(thrown);
        }
    }

    private void begin(CallStreamObserver<O> stream) {
        stream.setOnReadyHandler(this::wake);
        out = stream;
    }

    private CallStreamObserver<O> stream() {
        CallStreamObserver<O> stream = out;
        if (stream == null) {
            throw new IllegalStateException("the call has not begun");
        }
        return stream;
    }

    private void wake() {
        outboundLock.lock();
        try {
            writable.signalAll();
        } finally {
            outboundLock.unlock();
        }
    }

    private void arrive(I message) {
        inboundLock.lock();
        try {
            queue.add(message);
            weight += weigher.applyAsInt(message);
            credit--;
            arrived.signal();
        } finally {
            inboundLock.unlock();
        }
        topUp();
    }

    private void topUp() {
        int more = 0;
        inboundLock.lock();
        try {
            if (weight < HEAVY && credit <= CREDIT / 2) {
                more = CREDIT - credit;
                credit = CREDIT;
            }
        } finally {
            inboundLock.unlock();
        }
        if (more > 0) {
            stream().request(more);
        }
    }

    private void end(@Nullable WireFault fault) {
        inboundLock.lock();
        try {
            ended = true;
            if (failure == null) {
                failure = fault;
            }
            arrived.signalAll();
            finished.signalAll();
        } finally {
            inboundLock.unlock();
        }
        if (fault != null) {
            over = true;
        }
        wake();
    }

    /**
     * Waits for a message; empty when the other side will send no more.
     *
     * @throws WireFault when the call failed
     */
    Optional<I> read() throws InterruptedException {
        I message;
        inboundLock.lockInterruptibly();
        try {
            while (queue.isEmpty() && !ended) {
                arrived.await();
            }
            message = queue.poll();
            if (message == null) {
                if (failure != null) {
                    throw failure;
                }
                return Optional.empty();
            }
            weight -= weigher.applyAsInt(message);
        } finally {
            inboundLock.unlock();
        }
        topUp();
        return Optional.of(message);
    }

    /** Sends a message, waiting while the other side is slow. */
    void write(O message) throws InterruptedException {
        outboundLock.lockInterruptibly();
        try {
            // a call that was completed is never ready again
            while (!over && !completed && !stream().isReady()) {
                writable.await();
            }
            put(message);
        } finally {
            outboundLock.unlock();
        }
    }

    /** Sends a message without waiting: for what is small and answers something, where waiting could deadlock. */
    void writeNow(O message) {
        outboundLock.lock();
        try {
            put(message);
        } finally {
            outboundLock.unlock();
        }
    }

    private void put(O message) {
        if (over || completed) {
            throw lost();
        }
        stream().onNext(message);
    }

    private WireFault lost() {
        inboundLock.lock();
        try {
            return failure == null ? new WireFault(Kind.CANCELED, "the call is over") : failure;
        } finally {
            inboundLock.unlock();
        }
    }

    /** Says that nothing more will be sent: for a caller the half-close, for a service the good end. */
    void complete() {
        outboundLock.lock();
        try {
            if (!completed && !over) {
                completed = true;
                writable.signalAll();
                stream().onCompleted();
            }
        } finally {
            outboundLock.unlock();
        }
    }

    /** Ends the call with a failure. */
    void fail(Throwable thrown) {
        outboundLock.lock();
        try {
            if (!over && (!completed || stream() instanceof ClientCallStreamObserver)) {
                over = true;
                abort(thrown);
            }
        } finally {
            outboundLock.unlock();
        }
        end(WireStatus.fault(thrown instanceof InterruptedException ? WireStatus.of(thrown) : thrown));
    }

    private void abort(Throwable thrown) {
        if (stream() instanceof ClientCallStreamObserver<O> calling) {
            calling.cancel(thrown.getMessage() == null ? "given up" : thrown.getMessage(), null);
        } else {
            stream().onError(WireStatus.of(thrown));
        }
    }

    /** Whether the other side ended the call within that time; the end may have been a bad one. */
    boolean awaitEnd(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        inboundLock.lockInterruptibly();
        try {
            while (!ended && left > 0) {
                left = finished.awaitNanos(left);
            }
            return ended;
        } finally {
            inboundLock.unlock();
        }
    }

    /** Reads until the end, which must be a good one. */
    void drain() throws InterruptedException {
        while (read().isPresent()) {
            // what comes after the last word is of no interest
        }
    }

    /** Ends the call, if it has not ended. */
    @Override
    public void close() {
        boolean open;
        inboundLock.lock();
        try {
            open = !ended;
        } finally {
            inboundLock.unlock();
        }
        if (open) {
            fail(Status.CANCELLED.withDescription("given up").asRuntimeException());
        }
    }
}
