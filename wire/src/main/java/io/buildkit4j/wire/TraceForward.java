package io.buildkit4j.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Carries requests of {@code TraceService/Export} on to a collector, one after the other on a thread of its own, so that no
 * build waits for a trace. What cannot be sent, or comes faster than it can be, is dropped and told of once a minute.
 */
public final class TraceForward implements AutoCloseable {
    private static final int WAITING = 256;
    private static final Duration QUIET = Duration.ofMinutes(1);
    private static final Duration FAREWELL = Duration.ofSeconds(2);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final TraceReceiver receiver;
    private final Consumer<String> troubles;
    private final BlockingQueue<Spans> queue = new ArrayBlockingQueue<>(WAITING);
    private final Thread thread;
    private volatile boolean closing;
    private volatile long told = System.nanoTime() - QUIET.toNanos();

    private TraceForward(TraceReceiver receiver, Consumer<String> troubles) {
        this.receiver = receiver;
        this.troubles = troubles;
        this.thread = Thread.ofVirtual().name("traces").unstarted(this::run);
    }

    /** Begins; {@code troubles} hears why traces are lost. The collector need not be there. */
    public static TraceForward open(TraceReceiver receiver, Consumer<String> troubles) {
        TraceForward forward = new TraceForward(receiver, troubles);
        forward.thread.start();
        return forward;
    }

    /** What spans of this program say that they come from. */
    public String service() {
        return receiver.service();
    }

    /** Makes an encoded {@code ExportTraceServiceRequest}, on the thread that sends it. */
    @FunctionalInterface
    public interface Spans {
        /** Nothing when there is nothing to tell after all. */
        Optional<byte[]> encoded() throws InterruptedException;
    }

    /** Takes spans to send; returns at once. */
    public void take(Spans spans) {
        if (!queue.offer(spans)) {
            trouble("traces come faster than " + receiver.endpoint() + " takes them");
        }
    }

    @SuppressWarnings("InterruptedExceptionSwallowed") // the interrupt ends this thread
    private void run() {
        try (TraceLine line = TraceLine.to(receiver)) {
            while (true) {
                Spans next = queue.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (next == null && closing) {
                    return;
                }
                if (next != null) {
                    send(line, next.encoded());
                }
            }
        } catch (InterruptedException closed) {
            // what is left is lost
        }
    }

    private void send(TraceLine line, Optional<byte[]> request) throws InterruptedException {
        if (request.isEmpty()) {
            return;
        }
        try {
            line.send(request.get());
        } catch (WireFault | IOException failed) {
            trouble(receiver.endpoint() + " does not take them: "
                    + Optional.ofNullable(failed.getMessage()).orElse(failed.toString()));
        }
    }

    private void trouble(String why) {
        long now = System.nanoTime();
        if (now - told >= QUIET.toNanos()) {
            told = now;
            troubles.accept(why);
        }
    }

    /** Sends what waits, for two seconds at most. */
    @Override
    public void close() {
        closing = true;
        queue.offer(Optional::empty); // wakes the thread
        boolean interrupted = Thread.interrupted();
        try {
            if (!thread.join(FAREWELL)) {
                thread.interrupt();
                thread.join();
            }
        } catch (InterruptedException again) {
            interrupted = true;
            thread.interrupt();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
