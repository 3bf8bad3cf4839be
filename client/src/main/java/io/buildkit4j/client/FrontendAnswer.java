package io.buildkit4j.client;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a frontend answers.
 *
 * @param trees one for each platform by its name, or the only one by the empty name
 * @param metadata in the vocabulary of BuildKit's exporters, such as {@code containerimage.config}
 */
public record FrontendAnswer(Map<String, BuiltTree> trees, Map<String, byte[]> metadata) {
    /** The key of the image's configuration, for the only tree. */
    public static final String IMAGE_CONFIG = "containerimage.config";

    /** Maps are copied. */
    public FrontendAnswer {
        trees = Map.copyOf(trees);
        metadata = Map.copyOf(metadata);
    }

    /** One tree, for whatever platform the daemon has. */
    public static FrontendAnswer of(BuiltTree tree) {
        return new FrontendAnswer(Map.of("", tree), Map.of());
    }

    /** One tree with the configuration of its image as JSON. */
    public static FrontendAnswer of(BuiltTree tree, String imageConfig) {
        return new FrontendAnswer(Map.of("", tree), Map.of(IMAGE_CONFIG, imageConfig.getBytes(StandardCharsets.UTF_8)));
    }

    /** The only tree; the empty one when there are none or several. */
    public BuiltTree tree() {
        return trees.getOrDefault("", BuiltTree.EMPTY);
    }
}
