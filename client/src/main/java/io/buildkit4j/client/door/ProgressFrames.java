package io.buildkit4j.client.door;

import io.buildkit4j.client.Progress;
import io.buildkit4j.client.SourcePlace;
import io.buildkit4j.image.Digest;
import io.buildkit4j.wire.proto.control.StatusResponse;
import io.buildkit4j.wire.proto.control.Vertex;
import io.buildkit4j.wire.proto.control.VertexLog;
import io.buildkit4j.wire.proto.control.VertexStatus;
import io.buildkit4j.wire.proto.control.VertexWarning;
import io.buildkit4j.wire.proto.ops.Range;
import java.util.List;
import java.util.Optional;

/** Frames of progress, read from messages. */
final class ProgressFrames {
    private ProgressFrames() {}

    static Progress frame(StatusResponse response) {
        return new Progress(
                response.getVertexesList().stream().map(ProgressFrames::vertex).toList(),
                response.getStatusesList().stream().map(ProgressFrames::counter).toList(),
                response.getLogsList().stream().map(ProgressFrames::output).toList(),
                response.getWarningsList().stream().map(ProgressFrames::warning).toList());
    }

    private static Progress.VertexState vertex(Vertex vertex) {
        Optional<Progress.Group> group = vertex.hasProgressGroup()
                ? Optional.of(new Progress.Group(
                        vertex.getProgressGroup().getId(),
                        vertex.getProgressGroup().getName(),
                        vertex.getProgressGroup().getWeak()))
                : Optional.empty();
        return new Progress.VertexState(
                Digest.parse(vertex.getDigest()),
                inputs(vertex),
                vertex.getName(),
                vertex.getCached(),
                Values.instant(vertex.hasStarted(), vertex.getStarted()),
                Values.instant(vertex.hasCompleted(), vertex.getCompleted()),
                vertex.getError(),
                group);
    }

    /** Loops rather than streams: the client of a large build spends its short life here. */
    private static List<Digest> inputs(Vertex vertex) {
        int count = vertex.getInputsCount();
        if (count == 0) {
            return List.of();
        }
        Digest[] inputs = new Digest[count];
        for (int index = 0; index < count; index++) {
            inputs[index] = Digest.parse(vertex.getInputs(index));
        }
        return List.of(inputs);
    }

    private static Progress.Counter counter(VertexStatus status) {
        return new Progress.Counter(
                Digest.parse(status.getVertex()),
                status.getID(),
                status.getCurrent(),
                status.getTotal(),
                Values.instant(status.getTimestamp()),
                Values.instant(status.hasStarted(), status.getStarted()),
                Values.instant(status.hasCompleted(), status.getCompleted()));
    }

    private static Progress.Output output(VertexLog log) {
        return new Progress.Output(
                Digest.parse(log.getVertex()),
                (int) log.getStream(),
                log.getMsg().toByteArray(),
                Values.instant(log.getTimestamp()));
    }

    private static Progress.Warning warning(VertexWarning warning) {
        return new Progress.Warning(
                Digest.parse(warning.getVertex()),
                (int) warning.getLevel(),
                warning.getShort().toStringUtf8(),
                warning.getDetailList().stream()
                        .map(com.google.protobuf.ByteString::toStringUtf8)
                        .toList(),
                warning.getUrl(),
                place(warning));
    }

    private static Optional<SourcePlace> place(VertexWarning warning) {
        if (!warning.hasInfo() || warning.getRangesCount() == 0) {
            return Optional.empty();
        }
        int first = Integer.MAX_VALUE;
        int last = 0;
        for (Range range : warning.getRangesList()) {
            first = Math.min(first, range.getStart().getLine());
            last = Math.max(
                    last, Math.max(range.getStart().getLine(), range.getEnd().getLine()));
        }
        List<String> lines = List.of(warning.getInfo().getData().toStringUtf8().split("\n", -1));
        return Optional.of(new SourcePlace(warning.getInfo().getFilename(), lines, first, last));
    }
}
