package io.buildkit4j.llb;

import io.buildkit4j.image.Digest;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.SourceId.ResolveMode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The sources that states begin with, in their plain forms. */
public final class Sources {
    private Sources() {}

    /** An image by its full name, with host and tag or digest. */
    public static SourceId.DockerImage image(String reference) {
        return new SourceId.DockerImage(
                reference, ResolveMode.DEFAULT, "", OptionalInt.empty(), Optional.empty(), List.of());
    }

    /** A whole directory of the client. */
    public static SourceId.Local local(String name) {
        return local(name, List.of(), List.of(), List.of());
    }

    /** A directory of the client, in part. */
    public static SourceId.Local local(String name, List<String> include, List<String> exclude, List<String> follow) {
        return new SourceId.Local(name, "", "", include, exclude, follow, "", true, List.of());
    }

    /** A repository; the fragment is {@code REF[:SUBDIR]} or empty. */
    public static SourceId.Git git(String url, String fragment, boolean keepGitDirectory) {
        int scheme = url.indexOf("://");
        String location = scheme < 0 ? url : url.substring(scheme + 3);
        return new SourceId.Git(
                fragment.isEmpty() ? location : location + "#" + fragment,
                url,
                keepGitDirectory,
                "",
                false,
                new SourceId.GitAccess("GIT_AUTH_HEADER", "GIT_AUTH_TOKEN", "", ""),
                List.of());
    }

    /** A file behind an address. */
    public static SourceId.Http http(String url, Optional<Digest> checksum, String filename) {
        return new SourceId.Http(
                url, checksum, filename, OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(), "", List.of());
    }

    /** An image in a layout that the client offers. */
    public static SourceId.OciLayout ociLayout(String reference, String store) {
        return new SourceId.OciLayout(reference, "", store, OptionalInt.empty(), List.of());
    }

    /** A state that begins with an image. */
    public static State imageState(String reference, Platform platform) {
        return State.source(image(reference), Optional.of(platform), StepNote.plain());
    }

    /** A state that begins with any other source. */
    public static State state(SourceId id) {
        return State.source(id, Optional.empty(), StepNote.plain());
    }
}
