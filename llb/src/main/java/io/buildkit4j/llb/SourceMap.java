package io.buildkit4j.llb;

import io.buildkit4j.image.Digest;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which lines of which text each op was written as. Lines count from 1, characters from 0. */
public record SourceMap(List<SourceFile> files, Map<Digest, List<Location>> locations) {
    private static final SourceMap NONE = new SourceMap(List.of(), Map.of());

    /** Copies, in the given order. */
    public SourceMap {
        files = List.copyOf(files);
        locations = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(locations));
    }

    /** Nothing known. */
    public static SourceMap none() {
        return NONE;
    }

    /** A text; the bytes are read-only. The definition tells where the text came from. */
    public record SourceFile(String name, ByteBuffer data, Optional<Definition> definition, String language) {
        /** The bytes, from their start whoever read them before. */
        @Override
        public ByteBuffer data() {
            return data.asReadOnlyBuffer();
        }

        /** Not of the bytes: it is asked for once for each op. */
        @Override
        public int hashCode() {
            return 31 * name.hashCode() + data.remaining();
        }
    }

    /** Places in the file of this index. */
    public record Location(int file, List<Range> ranges) {
        /** The ranges are copied. */
        public Location {
            ranges = List.copyOf(ranges);
        }
    }

    /** From one position to another, both included. */
    public record Range(int startLine, int startCharacter, int endLine, int endCharacter) {
        /** Whole lines. */
        public static Range lines(int first, int last) {
            return new Range(first, 0, last, 0);
        }
    }
}
