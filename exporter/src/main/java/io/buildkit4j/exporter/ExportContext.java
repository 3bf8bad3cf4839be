package io.buildkit4j.exporter;

import io.buildkit4j.solver.VertexProgress;
import io.buildkit4j.wire.Session;
import java.util.Optional;

/**
 * Whom an export is for: the client that takes files and knows credentials, if it is still there, who watches, and
 * the containerd of the worker that made it, which takes images.
 */
public record ExportContext(Optional<Session> session, VertexProgress progress, Optional<ContainerdPlace> containerd) {
    /** Where there is no containerd. */
    public ExportContext(Optional<Session> session, VertexProgress progress) {
        this(session, progress, Optional.empty());
    }
}
