package io.buildkit4j.solver;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What a vertex may ask for during one call. */
final class Context<R> implements JobContext<R> {
    private final Steps<R> steps;
    private final Supplier<List<Node<R>>> nodes;
    private final VertexProgress progress;
    private final Optional<Place> place;

    Context(Steps<R> steps, Supplier<List<Node<R>>> nodes, VertexProgress progress, Optional<Place> place) {
        this.steps = steps;
        this.nodes = nodes;
        this.progress = progress;
        this.place = place;
    }

    @Override
    public List<String> sessions() {
        return steps.graph().jobs(nodes.get()).stream()
                .map(JobState::session)
                .filter(session -> !session.isEmpty())
                .distinct()
                .toList();
    }

    @Override
    public R build(Edge<R> edge) throws InterruptedException {
        if (place.isEmpty()) {
            return solve(edge);
        }
        Place own = place.get();
        own.stepOut();
        R built;
        try {
            built = solve(edge);
        } catch (InterruptedException cancelled) {
            own.stayOut();
            throw cancelled;
        } catch (RuntimeException failed) {
            own.stepIn();
            throw failed;
        }
        try {
            own.stepIn();
            return built;
        } catch (InterruptedException cancelled) {
            steps.records().results().close(built);
            throw cancelled;
        }
    }

    private R solve(Edge<R> edge) throws InterruptedException {
        List<Node<R>> parents = nodes.get();
        List<JobState<R>> jobs = steps.graph().jobs(parents);
        if (jobs.isEmpty()) {
            throw new InterruptedException();
        }
        String name = parents.getFirst().vertex.name();
        return steps.build(edge, jobs, parents, () -> steps.waits(name));
    }

    @Override
    public VertexProgress progress() {
        return progress;
    }
}
