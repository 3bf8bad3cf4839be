package io.buildkit4j.exporter;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.ImageFault;
import io.buildkit4j.image.Reference;
import io.buildkit4j.store.LayerFormat;
import java.util.Map;
import java.util.Optional;

/**
 * Where a cache is taken from or goes to, parsed once from what the client says.
 *
 * @param whole what every step made, not only what the result is made of ({@code mode=max})
 * @param forgiving a failure to export is no failure of the build ({@code ignore-error})
 */
public record CacheSpec(Place place, LayerFormat layers, boolean whole, boolean imageManifest, boolean forgiving) {
    /** Where. */
    public sealed interface Place {
        /** A registry. */
        record Registry(Reference reference, boolean insecure) implements Place {}

        /**
         * A directory of the client, by the name of its content store.
         *
         * @param digest of the manifest, for an import
         */
        record Local(String store, Optional<Digest> digest) implements Place {}

        /** The configuration of the image that is built. */
        record Inline() implements Place {}
    }

    /**
     * Reads an export.
     *
     * @throws ExporterFault INVALID_ARGUMENT naming the attribute; UNIMPLEMENTED for a place that this daemon does not know
     */
    public static CacheSpec export(String type, Map<String, String> attributes) {
        Place place = switch (type) {
            case "registry" -> registry(attributes);
            case "local" -> new Place.Local("local:" + required(attributes, "dest", type), Optional.empty());
            case "inline" -> new Place.Inline();
            default -> throw unknown(type);
        };
        boolean whole = switch (attributes.getOrDefault("mode", "min")) {
            case "min", "" -> false;
            case "max" -> true;
            default ->
                throw new ExporterFault(
                        Kind.INVALID_ARGUMENT,
                        "unknown cache mode " + attributes.get("mode") + ": it can be min or max");
        };
        return new CacheSpec(
                place,
                SpecParser.layers(type, attributes),
                whole && !(place instanceof Place.Inline),
                flag(attributes, "image-manifest", true),
                flag(attributes, "ignore-error", false));
    }

    /** Reads an import; see {@link #export}. */
    public static CacheSpec parseImport(String type, Map<String, String> attributes) {
        Place place = switch (type) {
            case "registry" -> registry(attributes);
            case "local" -> {
                String store = "local:" + required(attributes, "src", type);
                yield new Place.Local(store, Optional.of(Digest.parse(required(attributes, "digest", type))));
            }
            default -> throw unknown(type);
        };
        return new CacheSpec(place, LayerFormat.GZIP, true, true, true);
    }

    /** An import from a registry by its reference alone. */
    public static CacheSpec registryImport(String reference) {
        return parseImport("registry", Map.of("ref", reference));
    }

    private static Place registry(Map<String, String> attributes) {
        try {
            return new Place.Registry(
                    Reference.parse(required(attributes, "ref", "registry")),
                    flag(attributes, "registry.insecure", false));
        } catch (ImageFault bad) {
            throw new ExporterFault(Kind.INVALID_ARGUMENT, bad.getMessage(), bad);
        }
    }

    private static String required(Map<String, String> attributes, String name, String type) {
        String value = attributes.getOrDefault(name, "");
        if (value.isEmpty()) {
            throw new ExporterFault(Kind.INVALID_ARGUMENT, "a cache of type=" + type + " needs " + name + "=…");
        }
        return value;
    }

    private static boolean flag(Map<String, String> attributes, String name, boolean absent) {
        return switch (attributes.getOrDefault(name, "")) {
            case "" -> absent;
            case "true", "1" -> true;
            case "false", "0" -> false;
            default ->
                throw new ExporterFault(
                        Kind.INVALID_ARGUMENT, name + "=" + attributes.get(name) + " is neither true nor false");
        };
    }

    private static ExporterFault unknown(String type) {
        return new ExporterFault(
                Kind.UNIMPLEMENTED,
                "cache type " + type + " is not supported by this daemon: use registry, local or inline (export only)");
    }

    /** As progress and warnings name it. */
    public String describe() {
        return switch (place) {
            case Place.Registry registry -> registry.reference().toString();
            case Place.Local local -> local.store();
            case Place.Inline inline -> "the image";
        };
    }
}
