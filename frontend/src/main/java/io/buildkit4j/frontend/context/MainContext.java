package io.buildkit4j.frontend.context;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.FrontendFault;
import io.buildkit4j.frontend.FrontendOptions;
import io.buildkit4j.frontend.FrontendRequest;
import io.buildkit4j.frontend.Gateway;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.FileAction;
import io.buildkit4j.llb.FileAction.CopyTraits;
import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.SourceId;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where the Dockerfile and the files beside it come from: directories of the client, a git repository, an archive or a
 * Dockerfile behind an address (which may be what the client uploads), or definitions.
 */
public final class MainContext {
    private static final String CONTEXT = "context";
    private static final String IGNORE = ".dockerignore";
    private static final int HEAD = 1024;

    private final Gateway gateway;
    private final Optional<State> files;
    private final Definition dockerfile;
    private final String filename;

    private MainContext(Gateway gateway, Optional<State> files, Definition dockerfile, String filename) {
        this.gateway = gateway;
        this.files = files;
        this.dockerfile = dockerfile;
        this.filename = filename;
    }

    /** A Dockerfile, by the name that it was found under. */
    public record Found(String name, String text) {}

    /**
     * Finds out what the request means.
     *
     * @throws FrontendFault when an address is wrong, or what it names cannot be had
     */
    public static MainContext find(FrontendRequest request, Gateway gateway) throws InterruptedException {
        FrontendOptions options = request.options();
        String address =
                options.given(options.given("contextkey").orElse(CONTEXT)).orElse("");
        Optional<State> repository = git(options, address);
        Remote remote = repository.isPresent()
                ? new Remote(repository, Optional.empty())
                : address.startsWith("http://") || address.startsWith("https://")
                        ? download(address, gateway)
                        : new Remote(
                                Optional.ofNullable(request.inputs().get(CONTEXT))
                                        .map(State::of),
                                Optional.empty());
        boolean elsewhere = repository.isPresent() || remote.isAddress(address);
        String filename = remote.filename().orElse(options.filename());
        Optional<String> key = options.given("dockerfilekey");
        Definition dockerfile = elsewhere && key.isEmpty()
                ? remote.files().orElseThrow().marshal()
                : Optional.ofNullable(request.inputs().get("dockerfile"))
                        .filter(_ -> key.isEmpty() && !elsewhere)
                        .orElseGet(() -> local(key.orElse("dockerfile"), filename));
        Optional<State> files = remote.files()
                .map(state -> options.given("contextsubdir")
                        .map(directory -> below(state, directory))
                        .orElse(state));
        return new MainContext(gateway, files, dockerfile, filename);
    }

    /** Files from elsewhere, and the name of the Dockerfile if that is all they are. */
    private record Remote(Optional<State> files, Optional<String> filename) {
        boolean isAddress(String address) {
            return address.startsWith("http://") || address.startsWith("https://");
        }
    }

    private static Optional<State> git(FrontendOptions options, String address) {
        Optional<Boolean> keep = Optional.ofNullable(options.buildArgs().get("BUILDKIT_CONTEXT_KEEP_GIT_DIR"))
                .filter(text -> text.equals("1") || text.equalsIgnoreCase("true"))
                .map(_ -> true);
        boolean dated =
                !options.buildArgs().getOrDefault("SOURCE_DATE_EPOCH", "").isEmpty();
        return GitAddress.parse(address).map(parsed -> {
            GitAddress wanted = dated ? parsed.timed("commit") : parsed;
            GitAddress kept = keep.isPresent() && !wanted.keepGitDirectory().orElse(false)
                    ? wanted.keepingGitDirectory()
                    : wanted;
            return State.source(
                    kept.source(), Optional.empty(), StepNote.named("[internal] load git source " + address));
        });
    }

    private static Remote download(String address, Gateway gateway) throws InterruptedException {
        State file = State.source(
                Sources.http(address, Optional.empty(), CONTEXT),
                Optional.empty(),
                StepNote.named("[internal] load remote build context"));
        byte[] head = gateway.readStart(file.marshal(), CONTEXT, HEAD)
                .orElseThrow(() -> new FrontendFault(Kind.NOT_FOUND, "failed to read downloaded context " + address));
        if (!ArchiveHead.matches(head)) {
            return new Remote(Optional.of(file), Optional.of(CONTEXT));
        }
        CopyTraits traits = new CopyTraits(false, false, true, false, false, false, false);
        return new Remote(
                Optional.of(State.scratch()
                        .file(FileSteps.begin().then(copy("/" + CONTEXT, traits), file), StepNote.plain())),
                Optional.empty());
    }

    private static State below(State state, String directory) {
        CopyTraits traits = new CopyTraits(false, true, false, false, false, false, false);
        String path = directory.startsWith("/") ? directory : "/" + directory;
        return State.scratch().file(FileSteps.begin().then(copy(path, traits), state), StepNote.plain());
    }

    private static FileAction copy(String source, CopyTraits traits) {
        return new FileAction.Copy(
                FileSteps.open(),
                source,
                "/",
                Optional.empty(),
                -1,
                "",
                traits,
                FileAction.KEEP_TIME,
                List.of(),
                List.of(),
                List.of());
    }

    private static Definition local(String name, String filename) {
        List<String> paths = new ArrayList<>(List.of(filename, filename + IGNORE));
        lower(filename).ifPresent(paths::add);
        return source(name, paths, name, "load build definition from " + filename);
    }

    private static Definition source(String name, List<String> paths, String hint, String shown) {
        SourceId.Local local = new SourceId.Local(name, "", "", List.of(), List.of(), paths, hint, false, List.of());
        return State.source(local, Optional.empty(), StepNote.named("[internal] " + shown))
                .marshal();
    }

    /** The same name in lower case, which is taken where a plain Dockerfile is not there. */
    private static Optional<String> lower(String filename) {
        int slash = filename.lastIndexOf('/') + 1;
        String last = filename.substring(slash);
        return last.equals("Dockerfile")
                ? Optional.of(filename.substring(0, slash) + last.toLowerCase(Locale.ROOT))
                : Optional.empty();
    }

    /**
     * Reads the Dockerfile.
     *
     * @throws FrontendFault NOT_FOUND when it is not there
     */
    public Found read() throws InterruptedException {
        Optional<byte[]> read = gateway.readFile(dockerfile, filename);
        Optional<String> lower = lower(filename);
        if (read.isEmpty() && lower.isPresent()) {
            read = gateway.readFile(dockerfile, lower.get());
        }
        byte[] bytes = read.orElseThrow(() -> new FrontendFault(
                Kind.NOT_FOUND,
                "failed to read dockerfile: open " + filename
                        + ": no such file or directory; name another with the option filename"));
        return new Found(filename, new String(bytes, StandardCharsets.UTF_8));
    }

    /** What is not taken of the client's directory: the patterns beside the Dockerfile, else those in the directory. */
    public List<String> excludes() throws InterruptedException {
        if (files.isPresent()) {
            return List.of();
        }
        Optional<byte[]> own = gateway.readFile(dockerfile, filename + IGNORE);
        if (own.isEmpty()) {
            own = gateway.readFile(source(CONTEXT, List.of(IGNORE), CONTEXT + "-" + IGNORE, "load " + IGNORE), IGNORE);
        }
        return IgnoreFile.patterns(new String(own.orElse(new byte[0]), StandardCharsets.UTF_8));
    }

    /** What COPY reads, unless it is the client's directory. */
    public Optional<Definition> files() {
        return files.map(State::marshal);
    }
}
