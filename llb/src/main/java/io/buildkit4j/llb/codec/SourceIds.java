package io.buildkit4j.llb.codec;

import io.buildkit4j.image.Digest;
import io.buildkit4j.image.ImageFault;
import io.buildkit4j.llb.Attribute;
import io.buildkit4j.llb.SourceId;
import io.buildkit4j.llb.SourceId.ResolveMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/** Identifiers and attributes as sources, and back. */
final class SourceIds {
    private SourceIds() {}

    static SortedMap<String, String> attributes(SourceId id) {
        SortedMap<String, String> out = typed(id);
        id.rest().forEach(attribute -> out.put(attribute.key(), attribute.value()));
        return out;
    }

    static SourceId read(String identifier, Map<String, String> attributes) {
        SourceId typed = typed(identifier, attributes, List.of());
        SortedMap<String, String> written = typed(typed);
        List<Attribute> rest = new ArrayList<>();
        for (Map.Entry<String, String> entry : new TreeMap<>(attributes).entrySet()) {
            if (!entry.getValue().equals(written.get(entry.getKey()))) {
                rest.add(new Attribute(entry.getKey(), entry.getValue()));
            }
        }
        return rest.isEmpty() ? typed : typed(identifier, attributes, rest);
    }

    // departs from MethodLength: one case for each kind on the wire, and splitting would hide the table
    private static SourceId typed(String identifier, Map<String, String> given, List<Attribute> rest) {
        Given in = new Given(given);
        int colon = identifier.indexOf("://");
        String scheme = colon < 0 ? "" : identifier.substring(0, colon);
        String name = colon < 0 ? identifier : identifier.substring(colon + 3);
        return switch (scheme) {
            case "docker-image" ->
                new SourceId.DockerImage(
                        name,
                        in.mode(),
                        in.text("image.recordtype"),
                        in.number("image.layerlimit", 10),
                        in.digest("image.checksum"),
                        rest);
            case "oci-layout" ->
                new SourceId.OciLayout(
                        name, in.text("oci.session"), in.text("oci.store"), in.number("oci.layerlimit", 10), rest);
            case "docker-image+blob", "oci-layout+blob" -> new SourceId.Blob(scheme, name, rest);
            case "local" ->
                new SourceId.Local(
                        name,
                        in.text("local.session"),
                        in.text("local.unique"),
                        in.list("local.includepattern"),
                        in.list("local.excludepatterns"),
                        in.list("local.followpaths"),
                        in.text("local.sharedkeyhint"),
                        !in.text("local.differ").equals("none"),
                        rest);
            case "git" ->
                new SourceId.Git(
                        name,
                        in.text("git.fullurl"),
                        in.flag("git.keepgitdir"),
                        in.text("git.checksum"),
                        in.flag("git.skipsubmodules"),
                        new SourceId.GitAccess(
                                in.text("git.authheadersecret"),
                                in.text("git.authtokensecret"),
                                in.text("git.knownsshhosts"),
                                in.text("git.mountsshsock")),
                        rest);
            case "http", "https" ->
                new SourceId.Http(
                        identifier,
                        in.digest("http.checksum"),
                        in.text("http.filename"),
                        in.number("http.perm", 8),
                        in.number("http.uid", 10),
                        in.number("http.gid", 10),
                        in.text("http.authheadersecret"),
                        rest);
            default -> new SourceId.Unknown(identifier, rest);
        };
    }

    // departs from MethodLength: one case for each kind on the wire, and splitting would hide the table
    private static SortedMap<String, String> typed(SourceId id) {
        Written out = new Written();
        switch (id) {
            case SourceId.DockerImage image -> {
                if (image.mode() != ResolveMode.DEFAULT) {
                    out.text("image.resolvemode", image.mode().name().toLowerCase(Locale.ROOT));
                }
                out.text("image.recordtype", image.recordType());
                out.number("image.layerlimit", image.layerLimit(), 10);
                image.checksum().ifPresent(digest -> out.text("image.checksum", digest.toString()));
            }
            case SourceId.OciLayout layout -> {
                out.text("oci.session", layout.session());
                out.text("oci.store", layout.store());
                out.number("oci.layerlimit", layout.layerLimit(), 10);
            }
            case SourceId.Local local -> {
                out.text("local.session", local.session());
                out.text("local.unique", local.unique());
                out.list("local.includepattern", local.include());
                out.list("local.excludepatterns", local.exclude());
                out.list("local.followpaths", local.follow());
                out.text("local.sharedkeyhint", local.sharedKeyHint());
                out.text("local.differ", local.compareByMetadata() ? "" : "none");
            }
            case SourceId.Git git -> {
                out.text("git.fullurl", git.fullUrl());
                out.text("git.keepgitdir", git.keepGitDirectory() ? "true" : "");
                out.text("git.checksum", git.checksum());
                out.text("git.skipsubmodules", git.skipSubmodules() ? "true" : "");
                out.text("git.authheadersecret", git.access().headerSecret());
                out.text("git.authtokensecret", git.access().tokenSecret());
                out.text("git.knownsshhosts", git.access().knownHosts());
                out.text("git.mountsshsock", git.access().sshSocket());
            }
            case SourceId.Http http -> {
                http.checksum().ifPresent(digest -> out.text("http.checksum", digest.toString()));
                out.text("http.filename", http.filename());
                out.number("http.perm", http.mode(), 8);
                out.number("http.uid", http.uid(), 10);
                out.number("http.gid", http.gid(), 10);
                out.text("http.authheadersecret", http.headerSecret());
            }
            case SourceId.Blob _, SourceId.Unknown _ -> {}
        }
        return out.attributes;
    }

    /** Attributes being written; empty ones are not. */
    private static final class Written {
        private final SortedMap<String, String> attributes = new TreeMap<>();

        void text(String key, String value) {
            if (!value.isEmpty()) {
                attributes.put(key, value);
            }
        }

        void number(String key, OptionalInt value, int radix) {
            if (value.isPresent()) {
                attributes.put(key, (radix == 8 ? "0" : "") + Integer.toString(value.getAsInt(), radix));
            }
        }

        void list(String key, List<String> values) {
            if (!values.isEmpty()) {
                attributes.put(key, TextLists.write(values));
            }
        }
    }

    /** Attributes being read; one that cannot be understood counts as absent and is kept as it is. */
    private record Given(Map<String, String> values) {
        String text(String key) {
            return values.getOrDefault(key, "");
        }

        boolean flag(String key) {
            return text(key).equals("true") || text(key).equals("1");
        }

        OptionalInt number(String key, int radix) {
            try {
                return text(key).isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text(key), radix));
            } catch (NumberFormatException ignored) {
                return OptionalInt.empty();
            }
        }

        Optional<Digest> digest(String key) {
            try {
                return text(key).isEmpty() ? Optional.empty() : Optional.of(Digest.parse(text(key)));
            } catch (ImageFault broken) {
                throw new io.buildkit4j.llb.LlbFault(broken.kind(), key + ": " + broken.getMessage(), broken);
            }
        }

        List<String> list(String key) {
            return text(key).isEmpty() ? List.of() : TextLists.read(key, text(key));
        }

        ResolveMode mode() {
            return switch (text("image.resolvemode")) {
                case "pull" -> ResolveMode.PULL;
                case "local" -> ResolveMode.LOCAL;
                default -> ResolveMode.DEFAULT;
            };
        }
    }
}
