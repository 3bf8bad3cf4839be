package io.buildkit4j.buildd.door;

import com.google.protobuf.ByteString;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.wire.proto.control.VertexWarning;
import io.buildkit4j.wire.proto.gateway.WarnRequest;
import io.buildkit4j.wire.proto.ops.Position;
import io.buildkit4j.wire.proto.ops.Range;
import io.buildkit4j.wire.proto.ops.SourceInfo;
import java.util.Optional;

/** Warnings between frontends, the daemon and its clients. */
final class Warnings {
    private Warnings() {}

    static VertexWarning message(BuildEvent.Warned warned) {
        VertexWarning.Builder message = VertexWarning.newBuilder()
                .setVertex(warned.vertex().toString())
                .setLevel(warned.level())
                .setShort(ByteString.copyFromUtf8(warned.summary()))
                .addDetail(ByteString.copyFromUtf8(warned.detail()))
                .setUrl(warned.url());
        warned.passage().ifPresent(passage -> {
            message.setInfo(SourceInfo.newBuilder()
                    .setFilename(passage.file())
                    .setLanguage(passage.language())
                    .setData(ByteString.copyFromUtf8(passage.text())));
            passage.spans()
                    .forEach(span -> message.addRanges(Range.newBuilder()
                            .setStart(position(span.line(), span.character()))
                            .setEnd(position(span.endLine(), span.endCharacter()))));
        });
        return message.build();
    }

    private static Position position(int line, int character) {
        return Position.newBuilder().setLine(line).setCharacter(character).build();
    }

    static Optional<BuildEvent.Passage> passage(WarnRequest request) {
        if (!request.hasInfo()) {
            return Optional.empty();
        }
        SourceInfo info = request.getInfo();
        return Optional.of(new BuildEvent.Passage(
                info.getFilename(),
                info.getLanguage(),
                info.getData().toStringUtf8(),
                request.getRangesList().stream()
                        .map(range -> new BuildEvent.Span(
                                range.getStart().getLine(),
                                range.getStart().getCharacter(),
                                range.getEnd().getLine(),
                                range.getEnd().getCharacter()))
                        .toList()));
    }
}
