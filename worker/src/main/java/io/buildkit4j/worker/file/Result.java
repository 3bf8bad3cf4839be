package io.buildkit4j.worker.file;

import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.Ref;
import java.util.Optional;

/** The result of an action: being written, then committed. Closes what it still holds. */
final class Result implements AutoCloseable {
    private Optional<ActiveRef> active;
    private Optional<Ref> committed = Optional.empty();

    private Result(ActiveRef active) {
        this.active = Optional.of(active);
    }

    static Result of(ActiveRef active) {
        return new Result(active);
    }

    boolean isActive() {
        return active.isPresent();
    }

    ActiveRef active() {
        return active.orElseThrow();
    }

    /** The same snapshot for the next action; this one is empty from now on. */
    Result handOver() {
        Result next = new Result(active());
        active = Optional.empty();
        return next;
    }

    Ref committed() throws InterruptedException {
        if (committed.isEmpty()) {
            committed = Optional.of(active().commit());
            active = Optional.empty();
        }
        return committed.get();
    }

    @Override
    public void close() {
        active.ifPresent(ActiveRef::close);
        committed.ifPresent(Ref::close);
    }
}
