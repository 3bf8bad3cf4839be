package io.buildkit4j.llb.codec;

import com.google.protobuf.ByteString;
import io.buildkit4j.image.Digest;
import io.buildkit4j.llb.SourceMap;
import io.buildkit4j.wire.proto.ops.Location;
import io.buildkit4j.wire.proto.ops.Locations;
import io.buildkit4j.wire.proto.ops.Position;
import io.buildkit4j.wire.proto.ops.Range;
import io.buildkit4j.wire.proto.ops.Source;
import io.buildkit4j.wire.proto.ops.SourceInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Source maps as messages. */
final class SourceMapCodec {
    private SourceMapCodec() {}

    static Source write(SourceMap in) {
        Source.Builder out = Source.newBuilder();
        new TreeMap<>(in.locations())
                .forEach((digest, places) -> out.putLocations(digest.toString(), locations(places)));
        for (SourceMap.SourceFile file : in.files()) {
            SourceInfo.Builder info = SourceInfo.newBuilder()
                    .setFilename(file.name())
                    .setData(ByteString.copyFrom(file.data()))
                    .setLanguage(file.language());
            file.definition().ifPresent(definition -> info.setDefinition(DefinitionCodec.message(definition)));
            out.addInfos(info);
        }
        return out.build();
    }

    private static Locations locations(List<SourceMap.Location> places) {
        Locations.Builder out = Locations.newBuilder();
        for (SourceMap.Location place : places) {
            Location.Builder location = Location.newBuilder().setSourceIndex(place.file());
            for (SourceMap.Range range : place.ranges()) {
                location.addRanges(Range.newBuilder()
                        .setStart(position(range.startLine(), range.startCharacter()))
                        .setEnd(position(range.endLine(), range.endCharacter())));
            }
            out.addLocations(location);
        }
        return out.build();
    }

    private static Position position(int line, int character) {
        return Position.newBuilder().setLine(line).setCharacter(character).build();
    }

    static SourceMap read(Source in) {
        List<SourceMap.SourceFile> files = new ArrayList<>();
        for (SourceInfo info : in.getInfosList()) {
            files.add(new SourceMap.SourceFile(
                    info.getFilename(),
                    info.getData().asReadOnlyByteBuffer(),
                    info.hasDefinition() ? Optional.of(DefinitionCodec.read(info.getDefinition())) : Optional.empty(),
                    info.getLanguage()));
        }
        Map<Digest, List<SourceMap.Location>> locations = new LinkedHashMap<>();
        new TreeMap<>(in.getLocationsMap())
                .forEach((digest, places) -> locations.put(
                        OpCodec.digest(digest),
                        places.getLocationsList().stream()
                                .map(SourceMapCodec::location)
                                .toList()));
        return new SourceMap(files, locations);
    }

    private static SourceMap.Location location(Location in) {
        return new SourceMap.Location(
                in.getSourceIndex(),
                in.getRangesList().stream()
                        .map(range -> new SourceMap.Range(
                                range.getStart().getLine(),
                                range.getStart().getCharacter(),
                                range.getEnd().getLine(),
                                range.getEnd().getCharacter()))
                        .toList());
    }
}
