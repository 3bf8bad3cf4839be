package io.buildkit4j.wire;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.proto.control.BytesMessage;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The sessions that {@code Control.Session} calls have brought; the daemon's control service feeds it. */
public final class ConnectedSessions implements Sessions, AutoCloseable {
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("session-", 0).factory());
    /** Guards the table; held for a few instructions only. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final Map<String, TunnelledSession> table = new HashMap<>();
    private boolean closed;

    /** An empty registry. */
    public ConnectedSessions() {}

    /**
     * Serves one {@code Control.Session} call, on whose thread it must be called; reads the call's headers.
     *
     * @throws WireFault INVALID_ARGUMENT when the headers name no session
     */
    public StreamObserver<BytesMessage> serve(StreamObserver<BytesMessage> responses) {
        RequestHeaders headers = RequestHeaders.current();
        String id = headers.first(SessionHeaders.ID)
                .filter(given -> !given.isBlank())
                .orElseThrow(() -> new WireFault(
                        Kind.INVALID_ARGUMENT, "the session has no id: header " + SessionHeaders.ID + " is missing"));
        String sharedKey = headers.first(SessionHeaders.SHARED_KEY).orElse("");
        List<String> methods = headers.all(SessionHeaders.METHOD);
        return Duplex.serve(responses, threads, Tunnel::weigh, call -> {
            try (TunnelledSession session =
                    new TunnelledSession(new TunnelledSession.Peer(id, sharedKey, methods), call, threads)) {
                add(session);
                try {
                    session.watch();
                } finally {
                    remove(session);
                }
            }
        });
    }

    private void add(TunnelledSession session) {
        lock.lock();
        try {
            if (closed) {
                throw new WireFault(Kind.UNAVAILABLE, "the daemon is stopping");
            }
            if (table.putIfAbsent(session.id(), session) != null) {
                throw new WireFault(Kind.ALREADY_EXISTS, "session " + session.id() + " is connected already");
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void remove(TunnelledSession session) {
        lock.lock();
        try {
            table.remove(session.id(), session);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Session> find(String id, Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lockInterruptibly();
        try {
            Session found = table.get(id);
            while (found == null && left > 0 && !closed) {
                left = changed.awaitNanos(left);
                found = table.get(id);
            }
            return Optional.ofNullable(found);
        } finally {
            lock.unlock();
        }
    }

    /** Ends all sessions and waits for their threads, a second at most. */
    @Override
    public void close() {
        List<TunnelledSession> last;
        lock.lock();
        try {
            closed = true;
            last = List.copyOf(table.values());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        last.forEach(TunnelledSession::close);
        threads.shutdown();
        boolean interrupted = Thread.interrupted();
        try {
            threads.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException cancelled) {
            interrupted = true;
        }
        threads.shutdownNow();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
