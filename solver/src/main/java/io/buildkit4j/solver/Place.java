package io.buildkit4j.solver;

import java.util.concurrent.locks.ReentrantLock;

/** A run's place among those that may run at once; it is given up while the run waits for something else to be built. */
final class Place implements AutoCloseable {
    private final Turns turns;
    private final String job;
    private final Running running;

    /** Guards the fields below; held for a few instructions only. */
    private final ReentrantLock lock = new ReentrantLock();

    private boolean held;
    private int outside;
    private boolean closed;

    private Place(Turns turns, String job, Running running) {
        this.running = running;
        this.turns = turns;
        this.job = job;
    }

    /** Waits for the job's turn. */
    static Place take(Turns turns, String job, Running running) throws InterruptedException {
        Place place = new Place(turns, job, running);
        turns.take(job);
        running.placed(true);
        place.held = true;
        return place;
    }

    /** A thread of the run begins to wait. */
    void stepOut() {
        lock.lock();
        try {
            outside++;
        } finally {
            lock.unlock();
        }
        giveUp();
    }

    /** It has waited; the last one waits for a place again. */
    void stepIn() throws InterruptedException {
        lock.lock();
        try {
            if (--outside > 0 || closed) {
                return;
            }
        } finally {
            lock.unlock();
        }
        running.placed(false);
        turns.take(job);
        running.placed(true);
        boolean superfluous;
        lock.lock();
        try {
            superfluous = held || closed || outside > 0;
            held |= !superfluous;
        } finally {
            lock.unlock();
        }
        if (superfluous) {
            turns.release();
        }
    }

    /** A thread that waited was cancelled and wants no place any more. */
    void stayOut() {
        lock.lock();
        try {
            outside--;
        } finally {
            lock.unlock();
        }
    }

    private void giveUp() {
        boolean mine;
        lock.lock();
        try {
            mine = held;
            held = false;
        } finally {
            lock.unlock();
        }
        if (mine) {
            turns.release();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        giveUp();
    }
}
