package io.buildkit4j.llb;

import com.google.gson.JsonObject;
import io.buildkit4j.llb.dump.Dot;
import io.buildkit4j.llb.dump.JsonLines;

/** A definition as text for people and scripts. */
public final class Dump {
    private Dump() {}

    /** One line a step: {@code {"Op":…,"Digest":…,"OpMetadata":…}}, each ended by a line feed. */
    public static String jsonLines(Definition definition) {
        return JsonLines.write(definition);
    }

    /** One op in protobuf's own JSON: {@code inputs}, {@code exec} or what else it is, {@code platform}. */
    public static JsonObject protoJson(Op op) {
        return JsonLines.protoJson(op);
    }

    /** The graph in Graphviz' language. */
    public static String dot(Definition definition) {
        return Dot.write(definition);
    }
}
