package io.buildkit4j.buildd.build;

import io.buildkit4j.exporter.PlatformResult;
import io.buildkit4j.store.Ref;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What the solver made for a build. Holds each ref from the moment it is there, whatever happens to the others. */
final class Results implements AutoCloseable {
    private final ConcurrentLinkedQueue<Ref> held = new ConcurrentLinkedQueue<>();
    private List<PlatformResult> platforms = List.of();

    /** Takes over a ref. */
    Ref hold(Ref ref) {
        held.add(ref);
        return ref;
    }

    void complete(List<PlatformResult> all) {
        platforms = List.copyOf(all);
    }

    /** One for each platform that was asked for, in that order. */
    List<PlatformResult> platforms() {
        return platforms;
    }

    @Override
    public void close() {
        Optional<Ref> next = Optional.ofNullable(held.poll());
        while (next.isPresent()) {
            next.get().close();
            next = Optional.ofNullable(held.poll());
        }
    }
}
