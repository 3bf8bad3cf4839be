package io.buildkit4j.llb;

import io.buildkit4j.image.Digest;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where a source is and how it is taken. Each keeps, as {@link #rest}, the attributes that this program does not know or
 * would write differently, so that it is encoded as it was read.
 */
public sealed interface SourceId {
    /** Attributes that have no place of their own. */
    List<Attribute> rest();

    /** Scheme and place in one text, as {@code SourceOp.identifier} has it. */
    default String identifier() {
        return switch (this) {
            case DockerImage image -> "docker-image://" + image.reference();
            case OciLayout layout -> "oci-layout://" + layout.reference();
            case Blob blob -> blob.scheme() + "://" + blob.reference();
            case Local local -> "local://" + local.name();
            case Git git -> "git://" + git.location();
            case Http http -> http.url();
            case Unknown unknown -> unknown.identifier();
        };
    }

    /** {@code docker-image://REF}. */
    record DockerImage(
            String reference,
            ResolveMode mode,
            String recordType,
            OptionalInt layerLimit,
            Optional<Digest> checksum,
            List<Attribute> rest)
            implements SourceId {}

    /** {@code oci-layout://REF@DIGEST}; an empty session is the one of the build. */
    record OciLayout(String reference, String session, String store, OptionalInt layerLimit, List<Attribute> rest)
            implements SourceId {}

    /** One blob as a file: {@code docker-image+blob://} or {@code oci-layout+blob://}. */
    record Blob(String scheme, String reference, List<Attribute> rest) implements SourceId {}

    /** {@code local://NAME}, a directory of the client. */
    record Local(
            String name,
            String session,
            String unique,
            List<String> include,
            List<String> exclude,
            List<String> follow,
            String sharedKeyHint,
            boolean compareByMetadata,
            List<Attribute> rest)
            implements SourceId {}

    /**
     * {@code git://REMOTE[#REF[:SUBDIR]]}.
     *
     * @param location what follows {@code git://}
     * @param fullUrl what git is given; empty where the location says it all
     */
    record Git(
            String location,
            String fullUrl,
            boolean keepGitDirectory,
            String checksum,
            boolean skipSubmodules,
            GitAccess access,
            List<Attribute> rest)
            implements SourceId {}

    /** Secrets' names and other ways to be let in; each may be empty. */
    record GitAccess(String headerSecret, String tokenSecret, String knownHosts, String sshSocket) {}

    /** {@code http://} or {@code https://}; the URL with its scheme. */
    record Http(
            String url,
            Optional<Digest> checksum,
            String filename,
            OptionalInt mode,
            OptionalInt uid,
            OptionalInt gid,
            String headerSecret,
            List<Attribute> rest)
            implements SourceId {}

    /** A scheme that this program does not know: it can be shown, not built. */
    record Unknown(String identifier, List<Attribute> rest) implements SourceId {}

    /** What of a name in a registry is looked up where. */
    enum ResolveMode {
        /** As the daemon sees fit. */
        DEFAULT,
        /** Always at the registry. */
        PULL,
        /** Only on this machine where it is there. */
        LOCAL
    }
}
