package io.buildkit4j.wire;

import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ToIntFunction;

/**
 * A two-way call as blocking reads and writes. One thread reads; any may write.
 *
 * @param <I> what is heard
 * @param <O> what is said
 */
public final class Conversation<I, O> implements AutoCloseable {
    private static final ExecutorService THREADS = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("conversation-", 0).factory());

    private final Duplex<I, O> call;

    private Conversation(Duplex<I, O> call) {
        this.call = call;
    }

    /** What serves a call, on a thread of its own that is not interrupted: reads and writes fail when the caller has gone. */
    @FunctionalInterface
    public interface Body<I, O> {
        /** Returns when all is said; what it throws is told to the caller. */
        void run(Conversation<I, O> call) throws InterruptedException;
    }

    /**
     * Serves a call: to be called by the thread that the library calls the service on.
     *
     * @param weigher how many bytes of memory a message takes
     */
    public static <I, O> StreamObserver<I> serve(
            StreamObserver<O> responses, ToIntFunction<? super I> weigher, Body<I, O> body) {
        return Duplex.serve(responses, THREADS, weigher, call -> body.run(new Conversation<>(call)));
    }

    /** Calls a method. */
    public static <I, O> Conversation<I, O> open(
            Channel channel, MethodDescriptor<O, I> method, ToIntFunction<? super I> weigher) {
        return new Conversation<>(Duplex.call(channel, method, new Metadata(), weigher));
    }

    /**
     * Waits for a message; empty when the other side will send no more.
     *
     * @throws WireFault when the call failed
     */
    public Optional<I> read() throws InterruptedException {
        return call.read();
    }

    /**
     * Sends a message, waiting while the other side is slow.
     *
     * @throws WireFault when the other side has gone
     */
    public void write(O message) throws InterruptedException {
        call.write(message);
    }

    /** Says no more, and hears no more. */
    @Override
    public void close() {
        call.complete();
        call.close();
    }
}
