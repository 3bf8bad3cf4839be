package io.buildkit4j.buildd.build;

import io.buildkit4j.image.CredentialSource;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.solver.Edge;
import io.buildkit4j.solver.Job;
import io.buildkit4j.store.Ref;
import io.buildkit4j.wire.Session;
import io.buildkit4j.worker.SessionLogins;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** One build's place of work: what it was asked for, what it is made with, and where its events go. */
record Site(
        Workshop workshop,
        BuildRequest request,
        Job<Ref> job,
        Consumer<BuildEvent> events,
        Blame blame,
        CacheImports imports) {
    /** The edge of a definition as this build may have it; nothing for the empty tree. Its steps can be blamed from now on. */
    Optional<Edge<Ref>> load(Definition definition) {
        Optional<Edge<Ref>> edge = workshop.worker().load(definition, request.grants());
        edge.ifPresent(loaded -> blame.loaded(definition, loaded));
        return edge;
    }

    /** The edge's result, which is the caller's to close; the empty tree where there is no edge. */
    Ref solve(Optional<Edge<Ref>> edge) throws InterruptedException {
        return edge.isPresent() ? job.solve(edge.get()) : workshop.store().scratch();
    }

    /** The client, when it is there within that time. */
    Optional<Session> session(Duration patience) throws InterruptedException {
        return request.session().isEmpty()
                ? Optional.empty()
                : workshop.sessions().find(request.session(), patience);
    }

    /** What the client tells registries. */
    CredentialSource credentials() {
        return new SessionLogins(() -> session(Duration.ZERO).stream().toList());
    }
}
