package io.buildkit4j.solver;

import java.util.List;

/** What a vertex may ask for while it is described or run: the one way back up. It is valid until that call returns. */
public interface JobContext<R> {
    /** Sessions of all jobs that want this vertex now, the longest waiting first. Empty when no job has one. */
    List<String> sessions();

    /** Solves another edge as part of the same jobs; the result is the caller's to close. */
    R build(Edge<R> edge) throws InterruptedException;

    /** Where the vertex's output, counters and warnings go. Never blocks on a slow client. */
    VertexProgress progress();
}
