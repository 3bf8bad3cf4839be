package io.buildkit4j.frontend.emit;

import io.buildkit4j.footing.RootedPath;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.instruction.Instruction.Transfer;
import io.buildkit4j.frontend.syntax.Heredoc;
import io.buildkit4j.frontend.syntax.Statement;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.ImageFault;
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
import java.util.Optional;

/** COPY and ADD. */
final class CopyEmitter {
    private final StageEmitter stage;
    private final Statement statement;
    private final Transfer transfer;
    private final Optional<Instruction.Fetched> fetched;
    private final String destination;
    private final String owner;
    private final String mode;
    private FileSteps steps = FileSteps.begin();

    private CopyEmitter(
            StageEmitter stage, Statement statement, Transfer transfer, Optional<Instruction.Fetched> fetched) {
        this.stage = stage;
        this.statement = statement;
        this.transfer = transfer;
        this.fetched = fetched;
        this.destination = destination(stage, statement, transfer);
        this.owner = stage.expand(statement, transfer.owner());
        this.mode = stage.expand(statement, transfer.mode());
    }

    static void copy(StageEmitter stage, Instruction.Copy copy) throws InterruptedException {
        new CopyEmitter(stage, copy.statement(), copy.transfer(), Optional.empty()).emit(copy.from());
    }

    static void add(StageEmitter stage, Instruction.Add add) throws InterruptedException {
        new CopyEmitter(stage, add.statement(), add.transfer(), Optional.of(add.fetched())).emit(Optional.empty());
    }

    private static String destination(StageEmitter stage, Statement statement, Transfer transfer) {
        String written = stage.expand(statement, transfer.destination());
        String absolute = "/"
                + RootedPath.inside(
                        written.startsWith("/") ? written : stage.state().directory() + "/" + written);
        boolean directory = written.endsWith("/") || written.equals(".") || written.endsWith("/.");
        return directory && !absolute.equals("/") ? absolute + "/" : absolute;
    }

    private void emit(Optional<String> from) throws InterruptedException {
        StepNote note = stage.note(statement);
        List<String> sources = new ArrayList<>();
        for (String source : transfer.sources()) {
            sources.add(stage.expand(statement, source));
        }
        if (sources.size() + transfer.heredocs().size() > 1 && !destination.endsWith("/")) {
            throw statement.fault("When using " + statement.keyword()
                    + " with more than one source file, the destination must be a directory and end with a /");
        }
        if (sources.isEmpty() && transfer.heredocs().isEmpty()) {
            throw statement.fault(statement.keyword() + " requires at least two arguments");
        }
        for (String source : sources) {
            if (fetched.isPresent() && Remotes.isGit(source)) {
                git(source, fetched.get());
            } else if (fetched.isPresent() && Remotes.isHttp(source)) {
                http(source, fetched.get());
            } else {
                plain(source, from);
            }
        }
        transfer.heredocs().forEach(this::inline);
        if (transfer.link()) {
            State layer = State.scratch().file(steps, note);
            stage.state(below(layer, note));
        } else {
            stage.state(stage.state().file(steps, note));
        }
        stage.image().history(text(sources), true);
    }

    /** The copied files over what was there; an empty stage becomes the files alone. */
    private State below(State layer, StepNote note) {
        if (stage.state().isScratch()) {
            State under = stage.state();
            return under.file(steps, note);
        }
        String name = note.description().getFirst().value().replaceFirst("\\] .*", "] LINK ") + statement.original();
        return State.merge(List.of(stage.state(), layer), note.withName(name));
    }

    private void plain(String source, Optional<String> from) throws InterruptedException {
        String path = RootedPath.inside(source);
        State tree = from.isPresent()
                ? stage.plan()
                        .from(stage.expand(statement, from.get()), stage.stage().index(), statement.place())
                : stage.plan().context().need(path);
        boolean unpack = fetched.isPresent() && fetched.get().unpack().orElse(true);
        CopyTraits traits = new CopyTraits(true, true, unpack, true, true, true, false);
        if (!transfer.parents()) {
            steps = steps.then(action("/" + path, traits, List.of(), List.of()), tree);
            return;
        }
        int pivot = source.indexOf("/./");
        String root = pivot < 0 ? "" : RootedPath.inside(source.substring(0, pivot));
        String pattern = RootedPath.inside(pivot < 0 ? source : source.substring(pivot + 3));
        CopyTraits inside = new CopyTraits(false, true, unpack, true, false, true, false);
        boolean literal = !pattern.matches(".*[*?\\[].*");
        steps = steps.then(action("/" + root, inside, List.of(pattern), literal ? List.of(pattern) : List.of()), tree);
    }

    private FileAction action(String source, CopyTraits traits, List<String> include, List<String> required) {
        boolean octal = mode.matches("[0-7]{1,5}");
        if (!mode.isEmpty() && !octal && !mode.matches("[ugoa]*[-+=].*")) {
            throw statement.fault(
                    "invalid chmod parameter: '" + mode + "'. it should be octal string and between 0 and 07777");
        }
        return new FileAction.Copy(
                FileSteps.open(),
                source,
                transfer.parents() && !destination.endsWith("/") ? destination + "/" : destination,
                Owners.of(owner),
                octal ? Integer.parseInt(mode, 8) : -1,
                octal ? "" : mode,
                traits,
                FileAction.KEEP_TIME,
                include,
                transfer.exclude(),
                required);
    }

    private void http(String url, Instruction.Fetched how) {
        Optional<Digest> checksum = Optional.empty();
        if (!how.checksum().isEmpty()) {
            try {
                checksum = Optional.of(Digest.parse(stage.expand(statement, how.checksum())));
            } catch (ImageFault malformed) {
                throw statement.fault("invalid checksum: " + malformed.getMessage());
            }
        }
        String file = Remotes.fileName(url);
        if (file.isEmpty() && destination.endsWith("/")) {
            throw statement.fault("cannot determine filename from url " + url + ": name the file in the destination");
        }
        String name = file.isEmpty() ? "__unnamed__" : file;
        SourceId source = Sources.http(url, checksum, name);
        State tree = State.source(
                source, Optional.empty(), StepNote.plain().at(stage.plan().written(statement.place())));
        boolean unpack = how.unpack().orElse(false);
        CopyTraits traits = new CopyTraits(false, false, unpack, true, false, false, false);
        steps = steps.then(action("/" + name, traits, List.of(), List.of()), tree);
    }

    private void git(String url, Instruction.Fetched how) {
        int hash = url.indexOf('#');
        String remote = hash < 0 ? url : url.substring(0, hash);
        SourceId.Git plain = Sources.git(remote, hash < 0 ? "" : url.substring(hash + 1), how.keepGitDirectory());
        SourceId.Git id = new SourceId.Git(
                plain.location(),
                plain.fullUrl(),
                plain.keepGitDirectory(),
                stage.expand(statement, how.checksum()),
                false,
                plain.access(),
                List.of());
        State tree = State.source(
                id, Optional.empty(), StepNote.plain().at(stage.plan().written(statement.place())));
        CopyTraits traits = new CopyTraits(true, true, false, true, false, false, false);
        steps = steps.then(action("/", traits, List.of(), List.of()), tree);
    }

    private void inline(Heredoc heredoc) {
        String content = heredoc.expand() ? stage.expandText(statement, heredoc.content()) : heredoc.content();
        State file = State.scratch()
                .file(
                        FileSteps.begin()
                                .makeFile("/" + heredoc.name(), 0644, content.getBytes(StandardCharsets.UTF_8)),
                        StepNote.named("[internal] preparing inline document"));
        CopyTraits traits = new CopyTraits(false, false, false, true, false, false, false);
        steps = steps.then(action("/" + heredoc.name(), traits, List.of(), List.of()), file);
    }

    private String text(List<String> sources) {
        StringBuilder text = new StringBuilder(statement.keyword());
        if (!owner.isEmpty()) {
            text.append(" --chown=").append(owner);
        }
        if (!mode.isEmpty()) {
            text.append(" --chmod=").append(mode);
        }
        if (transfer.link()) {
            text.append(" --link");
        }
        sources.forEach(source -> text.append(' ').append(source));
        transfer.heredocs().forEach(heredoc -> text.append(" <<").append(heredoc.name()));
        text.append(' ').append(destination);
        return text.toString();
    }
}
