package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The events of one node, from its beginning, for every job that wants it. */
final class Progress implements VertexProgress, AutoCloseable {
    /** The error of a vertex that was given up because nobody wanted it any more; clients know this wording. */
    static final String CANCELED = "context canceled";

    private static final VarHandle QUEUED = queuedField();

    private final Digest vertex;
    private final String name;
    private final List<Digest> inputs;
    private final Optional<VertexTraits.ProgressGroup> group;
    private final EventJournal.Track track;
    private final Pulse pulse;
    /** Changed under the graph's lock. */
    private volatile List<Subscription> subscriptions = List.of();

    private volatile boolean queued;
    private final Slots<Map<String, Instant>> counting = new Slots<>();
    private volatile Optional<Instant> started = Optional.empty();

    Progress(Vertex<?> vertex, EventJournal journal, Pulse pulse) {
        this.pulse = pulse;
        this.vertex = vertex.digest();
        this.name = vertex.name();
        this.inputs = inputs(vertex);
        this.group = vertex.traits().group();
        this.track = journal.open(this.vertex);
    }

    private static VarHandle queuedField() {
        try {
            return MethodHandles.lookup().findVarHandle(Progress.class, "queued", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private static List<Digest> inputs(Vertex<?> vertex) {
        Set<Digest> inputs = LinkedHashSet.newLinkedHashSet(vertex.inputs().size());
        vertex.inputs().forEach(input -> inputs.add(input.vertex().digest()));
        return List.copyOf(inputs);
    }

    /** The first event: wanted, not begun. */
    void queued() {
        if (!queued && QUEUED.compareAndSet(this, false, true)) {
            pulse.beat();
            track.append(new BuildEvent.VertexChanged(
                    vertex, inputs, name, false, Optional.empty(), Optional.empty(), "", group));
        }
    }

    /** Prepares the delivery of all events, past and future; they come with the first {@link Subscription#deliver}. */
    Subscription subscribe(Consumer<BuildEvent> consumer) {
        Subscription subscription = new Subscription(track, consumer);
        subscriptions = Few.with(subscriptions, subscription);
        return subscription;
    }

    void unsubscribe(Subscription subscription) {
        subscription.close();
        subscriptions = Few.without(subscriptions, subscription);
    }

    /** Whether no job reads it. */
    boolean unwanted() {
        return subscriptions.isEmpty();
    }

    boolean begun() {
        return started.isPresent();
    }

    void started(boolean cached) {
        started = Optional.of(Instant.now());
        changed(cached, Optional.empty(), "");
    }

    /** The end: {@code error} is empty unless it failed. */
    void completed(boolean cached, String error) {
        changed(cached, Optional.of(Instant.now()), error);
    }

    /** Found, not made. */
    void cached() {
        Instant now = Instant.now();
        started = Optional.of(now);
        changed(true, started, "");
    }

    /** Nobody had to ask for it, because something above it was found. */
    void spared() {
        if (started.isEmpty()) {
            cached();
        }
    }

    /** Failed or given up without having run, such as a source that cannot be described. */
    void failed(String error) {
        if (started.isEmpty()) {
            started(false);
        }
        completed(false, error);
    }

    private void changed(boolean cached, Optional<Instant> completed, String error) {
        emit(new BuildEvent.VertexChanged(vertex, inputs, name, cached, started, completed, error, group));
    }

    @Override
    public void log(int stream, byte[] bytes, int offset, int length) {
        emit(new BuildEvent.Logged(vertex, stream, Arrays.copyOfRange(bytes, offset, offset + length), Instant.now()));
    }

    @Override
    public void status(String id, long current, long total, boolean done) {
        Instant now = Instant.now();
        Map<String, Instant> counters = counting.get(0, first -> new ConcurrentHashMap<>());
        Instant began = counters.computeIfAbsent(id, first -> now);
        if (done) {
            counters.remove(id);
        }
        emit(new BuildEvent.StatusChanged(
                vertex, id, current, total, now, Optional.of(began), done ? Optional.of(now) : Optional.empty()));
    }

    @Override
    public void warn(int level, String summary, String detail, String url) {
        emit(new BuildEvent.Warned(vertex, level, summary, detail, url));
    }

    private void emit(BuildEvent event) {
        pulse.beat();
        queued();
        track.append(event);
        subscriptions.forEach(Subscription::deliver);
    }

    @Override
    public void close() {
        track.close();
    }
}
