package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A vertex that some job wants, with all that is known and under way about it. It lives until no job wants it. */
final class Node<R> {
    /** One input: which node, and which of its outputs. */
    record Input<R>(Node<R> node, int output) {}

    /** A result that this node holds, and the name of what made it. */
    record Held<R>(R result, Name name) {}

    final Vertex<R> vertex;
    final Digest identity;
    final List<Input<R>> inputs;
    final Progress progress;

    /** A job that wants it, and how the job hears of it. */
    record Interest<R>(JobState<R> job, Subscription subscription) {}

    /** Jobs that want it, the longest waiting first; mostly one. Guarded by the graph's lock. */
    List<Interest<R>> jobs = List.of();
    /** Whether there are such jobs. Written under the graph's lock. */
    volatile boolean wanted;
    /** Nodes that this one asked to build while it ran. Guarded by the graph's lock. */
    List<Node<R>> built = List.of();
    /** Runs whose outputs this one uses. Guarded by the graph's lock. */
    List<Run<R>> runs = List.of();

    /** Guards what its shared computations know. */
    final ReentrantLock lock = new ReentrantLock();

    final Slots<Shared<CacheMap<R>>> maps = new Slots<>();
    final Slots<Shared<InputRule.Keyed>> contents = new Slots<>();
    final Slots<Shared<Held<R>>> results = new Slots<>();
    /** The strongest name, under 0. */
    final Slots<Shared<Name>> names = new Slots<>();

    volatile @Nullable Definition definition;

    /** How its result came to be. */
    volatile StepAccount.Verdict verdict = StepAccount.Verdict.UNDECIDED;
    /** What it is known by, once that is settled. */
    volatile @Nullable Name name;
    /** Results that were known under its keys and are not there any more. */
    volatile List<String> lost = List.of();
    /** Nanoseconds that it ran. */
    volatile long took;

    Node(Vertex<R> vertex, Digest identity, List<Input<R>> inputs, Progress progress) {
        this.vertex = vertex;
        this.identity = identity;
        this.inputs = inputs;
        this.progress = progress;
    }

    /** What is known before anything is executed; only after the graph was defined. */
    Definition definition() {
        Definition known = definition;
        if (known == null) {
            throw new IllegalStateException(vertex.name() + " was not defined");
        }
        return known;
    }

    /** Its result came to be in this way, under this name. */
    void judged(StepAccount.Verdict how, Name under) {
        verdict = how;
        name = under;
    }

    /** The build has its result; of a step that was not asked for people still want to see that it was cached. */
    void spared() {
        if (verdict == StepAccount.Verdict.UNDECIDED) {
            verdict = StepAccount.Verdict.SPARED;
        }
        progress.spared();
    }

    /** Whether it is to be run even when a result is known. */
    boolean ignoresCache() {
        return vertex.traits().ignoreCache();
    }

    /** Lets go of everything; no job wants it any more. */
    void close() {
        results.forEach((number, shared) -> shared.close());
        names.forEach((number, shared) -> shared.close());
        contents.forEach((number, shared) -> shared.close());
        maps.forEach((number, shared) -> shared.close());
        progress.close();
    }
}
