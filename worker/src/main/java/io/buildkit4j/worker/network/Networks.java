package io.buildkit4j.worker.network;

import io.buildkit4j.worker.Isolation;
import io.buildkit4j.worker.WorkerSettings;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The network that a step sees which asks for none in particular. Namespaces are made when the first step needs one, and a
 * few are kept for the next steps, since making one takes longer than starting a process. Safe for any thread.
 */
public final class Networks implements AutoCloseable {
    private final Isolation.Network plain;
    private final Optional<Wiring> wiring;
    private final int kept;
    /** Guards the numbers below; nothing is connected while it is held. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition freed = lock.newCondition();
    private final BitSet used = new BitSet();
    private final Deque<Ready> ready = new ArrayDeque<>();

    private record Ready(int number, String name) {}

    private Networks(Isolation.Network plain, Optional<Wiring> wiring, int kept) {
        this.plain = plain;
        this.wiring = wiring;
        this.kept = kept;
    }

    /** As the settings say. Takes apart what a killed daemon left of the same. */
    public static Networks open(WorkerSettings settings) {
        return switch (settings.network()) {
            case WorkerSettings.Network.Host host -> new Networks(Isolation.Network.HOST, Optional.empty(), 0);
            case WorkerSettings.Network.None none -> new Networks(Isolation.Network.NONE, Optional.empty(), 0);
            case WorkerSettings.Network.Bridge bridge ->
                new Networks(Isolation.Network.NONE, Optional.of(BridgeWiring.open(bridge)), bridge.pool());
            case WorkerSettings.Network.PlugIns plugIns ->
                new Networks(Isolation.Network.NONE, Optional.of(PlugInWiring.open(plugIns)), plugIns.pool());
        };
    }

    /** A network for as long as it is held. */
    public interface Held extends AutoCloseable {
        /** What a process is to be started in. */
        Isolation.Network network();

        @Override
        void close();
    }

    /**
     * A network of its own, or the one that all share.
     *
     * @param clean whether what is held cannot be changed by whom it is given to, so that others may have it after
     */
    public Held take(boolean clean) throws InterruptedException {
        if (wiring.isEmpty()) {
            return new Lent(plain, () -> {});
        }
        Ready taken = next(wiring.get());
        return new Lent(new Isolation.Network.Inside(Namespaces.path(taken.name)), () -> back(taken, clean));
    }

    private Ready next(Wiring wires) throws InterruptedException {
        int number;
        lock.lock();
        try {
            while (ready.isEmpty() && used.cardinality() == wires.capacity()) {
                freed.await();
            }
            Ready there = ready.poll();
            if (there != null) {
                return there;
            }
            number = used.nextClearBit(0);
            used.set(number);
        } finally {
            lock.unlock();
        }
        boolean complete = false;
        try {
            Ready made = new Ready(number, wires.connect(number));
            complete = true;
            return made;
        } finally {
            if (!complete) {
                release(number);
            }
        }
    }

    private void back(Ready taken, boolean clean) {
        lock.lock();
        try {
            if (clean && ready.size() < kept) {
                ready.push(taken);
                freed.signal();
                return;
            }
        } finally {
            lock.unlock();
        }
        release(taken.number);
    }

    private void release(int number) {
        wiring.ifPresent(wires -> wires.disconnect(number));
        lock.lock();
        try {
            used.clear(number);
            freed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** One that was taken, until it is given back. */
    private record Lent(Isolation.Network network, Runnable end) implements Held {
        @Override
        public void close() {
            end.run();
        }
    }

    @Override
    public void close() {
        wiring.ifPresent(wires -> {
            Ready next = ready.poll();
            while (next != null) {
                wires.disconnect(next.number);
                next = ready.poll();
            }
            wires.close();
        });
    }
}
