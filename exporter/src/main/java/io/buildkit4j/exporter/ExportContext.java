package io.buildkit4j.exporter;

import io.buildkit4j.solver.VertexProgress;
import io.buildkit4j.wire.Session;
import java.util.Optional;

/** Whom an export is for: the client that takes files and knows credentials, if it is still there, and who watches. */
public record ExportContext(Optional<Session> session, VertexProgress progress) {}
