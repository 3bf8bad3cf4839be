package io.buildkit4j.exporter;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.ImageFault;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Reference;
import io.buildkit4j.llb.Attribute;
import io.buildkit4j.store.LayerFormat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns an output's attributes into a spec; where strings end. */
final class SpecParser {
    private static final Set<String> FILES = Set.of("dest", "output", "platform-split", "source-date-epoch", "mode");
    private static final Set<String> IMAGE = Set.of(
            "name",
            "push",
            "push-by-digest",
            "registry.insecure",
            "oci-mediatypes",
            "oci-artifact",
            "compression",
            "compression-level",
            "force-compression",
            "store",
            "unpack",
            "source-date-epoch",
            "rewrite-timestamp",
            "name-canonical",
            "dangling-name-prefix",
            "danging-name-empty-only",
            "prefer-nondist-layers",
            "attestation-inline",
            "dest",
            "tar");
    private static final Pattern ANNOTATION = Pattern.compile("annotation(?:-([a-z-]+))?(?:\\[([^]]*)])?\\.(.+)");

    private final String type;
    private final Map<String, String> attributes;
    private final String id;

    SpecParser(String type, Map<String, String> attributes, int index) {
        this.type = type;
        this.attributes = new TreeMap<>(attributes);
        this.id = Integer.toString(index);
    }

    ExportSpec parse() {
        return switch (type) {
            case "image" ->
                new ExportSpec.Image(
                        id,
                        epoch(),
                        ignored(IMAGE),
                        imageOptions(true),
                        flag("push", false),
                        flag("push-by-digest", false),
                        flag("registry.insecure", false),
                        // what is made to be used elsewhere is unpacked only when somebody runs it
                        new ExportSpec.Keeping(flag("store", true), flag("unpack", !flag("push", false))));
            case "oci", "docker" -> archive();
            case "local", "tar" ->
                new ExportSpec.Files(
                        id,
                        epoch(),
                        ignored(FILES),
                        type.equals("tar"),
                        attributes.containsKey("platform-split")
                                ? Optional.of(flag("platform-split", true))
                                : Optional.empty());
            default ->
                new ExportSpec.Added(
                        id,
                        epoch(),
                        type,
                        attributes.entrySet().stream()
                                .map(each -> new Attribute(each.getKey(), each.getValue()))
                                .toList());
        };
    }

    private ExportSpec archive() {
        boolean docker = type.equals("docker");
        return new ExportSpec.Archive(id, epoch(), ignored(IMAGE), imageOptions(!docker), docker, flag("tar", true));
    }

    /** How the layers of a cache are written. */
    static LayerFormat layers(String type, Map<String, String> attributes) {
        return new SpecParser(type, attributes, 0).imageOptions(true).layers();
    }

    private ImageOptions imageOptions(boolean ociByDefault) {
        LayerFormat.Method method = method();
        List<ImageOptions.Annotation> annotations = annotations();
        // Docker's media types have no names for these, and its documents no place for those.
        boolean only = method == LayerFormat.Method.ZSTD || method == LayerFormat.Method.ESTARGZ;
        boolean beside = annotations.stream().anyMatch(each -> each.place() != ImageOptions.Place.MANIFEST);
        boolean oci = flag("oci-mediatypes", ociByDefault) || only || beside;
        LayerFormat format = new LayerFormat(method, level(), flag("force-compression", false), oci);
        return new ImageOptions(names(), format, flag("rewrite-timestamp", false), annotations);
    }

    private List<Reference> names() {
        List<Reference> names = new ArrayList<>();
        boolean byDigest = flag("push-by-digest", false);
        for (String name : attributes.getOrDefault("name", "").split(",")) {
            if (name.isBlank()) {
                continue;
            }
            try {
                names.add(Reference.parse(name.strip()));
            } catch (ImageFault bad) {
                throw new ExporterFault(Kind.INVALID_ARGUMENT, bad.getMessage(), bad);
            }
            if (byDigest && name.lastIndexOf(':') > name.lastIndexOf('/')) {
                throw new ExporterFault(
                        Kind.INVALID_ARGUMENT, "cannot push " + name + " by digest: the name must not have a tag");
            }
        }
        if (names.isEmpty() && flag("push", false)) {
            throw new ExporterFault(Kind.INVALID_ARGUMENT, "push=true needs a name: add name=HOST/REPOSITORY:TAG");
        }
        return names;
    }

    private LayerFormat.Method method() {
        String name = attributes.getOrDefault("compression", "gzip");
        return switch (name) {
            case "uncompressed" -> LayerFormat.Method.UNCOMPRESSED;
            case "", "gzip" -> LayerFormat.Method.GZIP;
            case "estargz" -> LayerFormat.Method.ESTARGZ;
            case "zstd" -> LayerFormat.Method.ZSTD;
            default ->
                throw new ExporterFault(
                        Kind.INVALID_ARGUMENT,
                        "unknown compression \"" + name + "\": it can be uncompressed, gzip, estargz or zstd");
        };
    }

    private int level() {
        String level = attributes.getOrDefault("compression-level", "");
        if (level.isEmpty()) {
            return -1;
        }
        int highest = method() == LayerFormat.Method.ZSTD ? 22 : 9;
        if (!level.matches("[0-9]{1,2}") || Integer.parseInt(level) > highest) {
            throw new ExporterFault(
                    Kind.INVALID_ARGUMENT, "compression-level=" + level + " is not a number from 0 to " + highest);
        }
        return Integer.parseInt(level);
    }

    private List<ImageOptions.Annotation> annotations() {
        List<ImageOptions.Annotation> all = new ArrayList<>();
        attributes.forEach((key, value) -> {
            Matcher matcher = ANNOTATION.matcher(key);
            if (matcher.matches()) {
                all.add(annotation(matcher, value));
            }
        });
        return all;
    }

    private static ImageOptions.Annotation annotation(Matcher matcher, String value) {
        ImageOptions.Place place = switch (matcher.group(1)) {
            case null -> ImageOptions.Place.MANIFEST;
            case "manifest" -> ImageOptions.Place.MANIFEST;
            case "manifest-descriptor" -> ImageOptions.Place.MANIFEST_DESCRIPTOR;
            case "index" -> ImageOptions.Place.INDEX;
            case "index-descriptor" -> ImageOptions.Place.INDEX_DESCRIPTOR;
            default ->
                throw new ExporterFault(
                        Kind.INVALID_ARGUMENT,
                        matcher.group() + ": annotations go to manifest, manifest-descriptor, index or"
                                + " index-descriptor");
        };
        boolean whole = place == ImageOptions.Place.INDEX || place == ImageOptions.Place.INDEX_DESCRIPTOR;
        if (whole && matcher.group(2) != null) {
            throw new ExporterFault(Kind.INVALID_ARGUMENT, matcher.group() + ": an index is for all platforms");
        }
        Optional<Platform> platform =
                Optional.ofNullable(matcher.group(2)).filter(s -> !s.isEmpty()).map(Platform::parse);
        return new ImageOptions.Annotation(place, platform, matcher.group(3), value);
    }

    private Optional<Instant> epoch() {
        String text = attributes.getOrDefault("source-date-epoch", "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (!text.matches("[0-9]{1,11}")) {
            throw new ExporterFault(
                    Kind.INVALID_ARGUMENT, "source-date-epoch=" + text + " is not a number of seconds since 1970");
        }
        return Optional.of(Instant.ofEpochSecond(Long.parseLong(text)));
    }

    private boolean flag(String key, boolean absent) {
        String value = attributes.get(key);
        return switch (value) {
            case null -> absent;
            case "", "1", "t", "T", "true", "True", "TRUE" -> true;
            case "0", "f", "F", "false", "False", "FALSE" -> false;
            default -> throw new ExporterFault(Kind.INVALID_ARGUMENT, key + "=" + value + " is neither true nor false");
        };
    }

    private List<String> ignored(Set<String> known) {
        List<String> ignored = new ArrayList<>();
        for (String key : attributes.keySet()) {
            if (known.contains(key) || ANNOTATION.matcher(key).matches()) {
                continue;
            }
            for (String meant : new TreeSet<>(known)) {
                if (key.length() > 3 && distance(key, meant) <= 1 + key.length() / 9) {
                    throw new ExporterFault(
                            Kind.INVALID_ARGUMENT,
                            "unknown attribute \"" + key + "\" of output type=" + type + ": did you mean \"" + meant
                                    + "\"?");
                }
            }
            ignored.add(key);
        }
        return ignored;
    }

    /** How many letters have to be added, taken or changed. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
