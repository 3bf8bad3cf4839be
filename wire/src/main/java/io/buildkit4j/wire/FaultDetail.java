package io.buildkit4j.wire;

/**
 * A typed detail of a fault: a type such as {@code github.com/moby/buildkit/errdefs.Vertex+json} and its value as JSON
 * text. On the wire it is a {@code google.protobuf.Any} whose value is that JSON.
 */
public record FaultDetail(String type, String json) {
    private static final String PREFIX = "github.com/moby/buildkit/errdefs.";

    /** A detail of BuildKit's error vocabulary, such as {@code Vertex}, {@code Source} or {@code Solve}. */
    public static FaultDetail of(String name, String json) {
        return new FaultDetail(PREFIX + name + "+json", json);
    }

    /** Whether it is that detail of BuildKit's error vocabulary. */
    public boolean is(String name) {
        return type.equals(PREFIX + name + "+json");
    }
}
