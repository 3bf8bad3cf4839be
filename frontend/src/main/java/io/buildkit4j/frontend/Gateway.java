package io.buildkit4j.frontend;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.SourceId;
import io.buildkit4j.llb.SourceId.ResolveMode;
import io.buildkit4j.llb.SourceMap;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a frontend may ask of the daemon. All methods may block, and may be called by several threads at once. */
public interface Gateway {
    /** What this daemon builds for when nobody says otherwise. */
    Platform buildPlatform();

    /**
     * Looks up an image.
     *
     * @throws io.buildkit4j.footing.Fault NOT_FOUND, UNAVAILABLE and what else registries answer
     */
    ResolvedImage resolveImage(ImageQuestion question) throws InterruptedException;

    /** Builds the definition as far as it must be and reads one file of it; absent when there is no such file. */
    Optional<byte[]> readFile(Definition definition, String path) throws InterruptedException;

    /** The first bytes of a file; absent when there is no such file. */
    default Optional<byte[]> readStart(Definition definition, String path, int length) throws InterruptedException {
        return readFile(definition, path).map(bytes -> bytes.length <= length ? bytes : Arrays.copyOf(bytes, length));
    }

    /**
     * Looks up an image in one of the client's layouts.
     *
     * @throws io.buildkit4j.footing.Fault NOT_FOUND, UNAVAILABLE
     */
    default ResolvedImage resolveLayout(LayoutQuestion question) throws InterruptedException {
        throw new FrontendFault(Kind.UNIMPLEMENTED, "image layouts of the client are not supported here");
    }

    /** When what a source names was made: the commit, or what a server says; absent where nobody knows. */
    default Optional<Instant> modified(SourceId source) throws InterruptedException {
        return Optional.empty();
    }

    /** Tells the user something that does not stop the build. */
    void warn(Warning warning);

    /** The name as written in full, with host and tag or digest. */
    record ImageQuestion(String reference, Platform platform, ResolveMode mode, String logName) {}

    /** The store as the client calls it, and what of it. */
    record LayoutQuestion(String store, Digest digest, Platform platform, String logName) {}

    /** The digest of what the name stands for, and the configuration of the platform's image as JSON. */
    record ResolvedImage(Digest digest, String config) {}

    /**
     * A remark and the lines that it is about.
     *
     * @param content of the file that the lines are in
     */
    record Warning(
            String text, List<String> details, String url, String file, String content, List<SourceMap.Range> ranges) {}
}
