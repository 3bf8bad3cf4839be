package io.buildkit4j.frontend.emit;

import io.buildkit4j.footing.RootedPath;
import io.buildkit4j.frontend.FrontendFault;
import io.buildkit4j.frontend.context.GitAddress;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.instruction.Instruction.Transfer;
import io.buildkit4j.frontend.syntax.Heredoc;
import io.buildkit4j.frontend.syntax.Statement;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.ImageFault;
import io.buildkit4j.llb.FileAction;
import io.buildkit4j.llb.FileAction.CopyTraits;
import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.OpMetadata.ProgressGroup;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** COPY and ADD. */
final class CopyEmitter {
    private static final Pattern SYMBOLIC =
            Pattern.compile("(?:[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+)(?:,[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+)*");
    private static final int MODES = 07777;
    private static final int LONGEST_MODE = 200;
    private static final CopyTraits FETCHED = new CopyTraits(false, false, false, true, false, false, false);

    private final StageEmitter stage;
    private final Statement statement;
    private final Transfer transfer;
    private final Optional<Instruction.Fetched> fetched;
    private final Optional<String> from;
    private final String written;
    private final String destination;
    private final String owner;
    private final String mode;
    private final String name;
    private FileSteps steps = FileSteps.begin();

    private CopyEmitter(
            StageEmitter stage,
            Statement statement,
            Transfer transfer,
            Optional<Instruction.Fetched> fetched,
            Optional<String> from) {
        this.stage = stage;
        this.statement = statement;
        this.transfer = transfer;
        this.fetched = fetched;
        this.from = from.filter(text -> !text.isEmpty());
        this.written = stage.expand(statement, transfer.destination());
        this.destination = absolute(written);
        this.owner = stage.expand(statement, transfer.owner());
        this.mode = stage.expand(statement, transfer.mode());
        this.name = stage.shown(statement.original(), true);
        judgeMode();
    }

    static void copy(StageEmitter stage, Instruction.Copy copy) throws InterruptedException {
        new CopyEmitter(stage, copy.statement(), copy.transfer(), Optional.empty(), copy.from()).emit();
    }

    static void add(StageEmitter stage, Instruction.Add add) throws InterruptedException {
        new CopyEmitter(stage, add.statement(), add.transfer(), Optional.of(add.fetched()), Optional.empty()).emit();
    }

    /** A slash at the end stays: it says that it is a directory. */
    private String absolute(String path) {
        String inside = "/"
                + RootedPath.inside(path.startsWith("/") ? path : stage.state().directory() + "/" + path);
        boolean directory = path.isEmpty() || path.endsWith("/") || path.equals(".") || path.endsWith("/.");
        return directory && !inside.equals("/") ? inside + "/" : inside;
    }

    private boolean isOctal() {
        return mode.matches("[0-7]{1,11}");
    }

    private void judgeMode() {
        if (mode.isEmpty()) {
            return;
        }
        boolean fits = isOctal() && Long.parseLong(mode, 8) <= MODES;
        if (!fits
                && (mode.length() > LONGEST_MODE
                        || mode.matches("\\d+")
                        || !SYMBOLIC.matcher(mode).matches())) {
            throw statement.blame("invalid chmod parameter: '" + mode
                    + "'. it should be octal string and between 0 and 07777, or symbolic such as u=rwX,go-w");
        }
    }

    private void emit() throws InterruptedException {
        if (from.isPresent() && from.get().matches(".*\\$[A-Za-z0-9_{].*")) {
            throw statement.blame("variable expansion is not supported for --from, define a new stage with FROM using"
                    + " ARG from global scope as a workaround");
        }
        List<String> sources = new ArrayList<>();
        for (String source : transfer.sources()) {
            sources.add(stage.expand(statement, source));
        }
        judgeChecksum(sources);
        StepNote note = stage.note(stage.name(name), statement);
        for (String source : sources) {
            Optional<GitAddress> git = git(source);
            if (git.isPresent()) {
                repository(git.get(), note);
            } else if (Remotes.isHttp(source)) {
                download(source, note);
            } else {
                plain(source);
            }
        }
        transfer.heredocs().forEach(this::inline);
        if (transfer.link() && mode.isEmpty()) {
            stage.state(linked(note));
        } else {
            stage.state(stage.state().file(steps, note));
        }
        stage.made(text(sources));
    }

    private void judgeChecksum(List<String> sources) {
        if (fetched.isEmpty() || fetched.get().checksum().isEmpty()) {
            return;
        }
        if (sources.size() != 1) {
            throw statement.blame("checksum can't be specified for multiple sources");
        }
        String source = sources.getFirst();
        if (!Remotes.isHttp(source) && git(source).isEmpty()) {
            throw statement.blame("checksum requires HTTP(S) or Git sources");
        }
    }

    private Optional<GitAddress> git(String source) {
        try {
            return GitAddress.parse(source).filter(address -> !address.local());
        } catch (FrontendFault wrong) {
            throw statement.blame(wrong.getMessage());
        }
    }

    /** The copied files over what was there; on an empty tree they are all there is. */
    private State linked(StepNote note) {
        if (stage.state().isScratch()) {
            return stage.state().file(steps, note);
        }
        String shown = stage.sameName(name);
        String group = Digest.ofText(shown + statement.place().first()).hex().substring(0, 25);
        State layer = State.scratch().file(steps, note.withProgressGroup(new ProgressGroup(group, shown, true)));
        StepNote merged =
                note.withName(stage.sameName("LINK " + name)).withProgressGroup(new ProgressGroup(group, shown, false));
        return State.merge(List.of(stage.state(), layer), merged);
    }

    private void plain(String source) throws InterruptedException {
        String path = RootedPath.inside(source);
        State tree = from.isPresent()
                ? stage.plan().from(from.get(), stage.stage(), statement.place(), path)
                : stage.plan().context(path);
        boolean unpack = fetched.isPresent() && fetched.get().unpack().orElse(true);
        CopyTraits traits = new CopyTraits(true, true, unpack, true, true, true, false);
        if (!transfer.parents()) {
            steps = steps.then(action("/" + path, traits, List.of(), List.of()), tree);
            return;
        }
        int pivot = source.indexOf("/./");
        String root = pivot < 0 ? "" : RootedPath.inside(source.substring(0, pivot));
        String pattern = RootedPath.inside(pivot < 0 ? source : source.substring(pivot + 3));
        boolean literal = !hasWildcard(root) && !hasWildcard(pattern);
        String wanted = "/" + RootedPath.inside(root + "/" + pattern);
        steps = steps.then(action("/" + root, traits, List.of(pattern), literal ? List.of(wanted) : List.of()), tree);
    }

    private static boolean hasWildcard(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '*' || c == '?' || c == '[') {
                return true;
            }
            i += c == '\\' ? 1 : 0;
        }
        return false;
    }

    private FileAction action(String source, CopyTraits traits, List<String> include, List<String> required) {
        return new FileAction.Copy(
                FileSteps.open(),
                source,
                destination,
                Owners.of(owner),
                isOctal() ? Integer.parseInt(mode, 8) : -1,
                isOctal() ? "" : mode,
                traits,
                FileAction.KEEP_TIME,
                include,
                transfer.exclude(),
                required);
    }

    private void download(String url, StepNote note) {
        Instruction.Fetched how = onlyAdded("a URL");
        Optional<Digest> checksum = Optional.empty();
        String wanted = stage.expand(statement, how.checksum());
        if (!wanted.isEmpty()) {
            try {
                checksum = Optional.of(Digest.parse(wanted));
            } catch (ImageFault malformed) {
                throw statement.blame("invalid checksum: " + malformed.getMessage());
            }
        }
        String file = Remotes.fileName(url);
        State tree = State.source(Sources.http(url, checksum, file), Optional.empty(), note.withIgnoreCache(false));
        CopyTraits traits = new CopyTraits(false, false, how.unpack().orElse(false), true, false, false, false);
        steps = steps.then(action("/" + file, traits, List.of(), List.of()), tree);
    }

    private Instruction.Fetched onlyAdded(String what) {
        return fetched.orElseThrow(() -> statement.blame("source can't be " + what + " for COPY: use ADD"));
    }

    private void repository(GitAddress address, StepNote note) {
        Instruction.Fetched how = onlyAdded("a git ref");
        Optional<Boolean> keep = how.keepGitDirectory();
        if (keep.isPresent() && address.keepGitDirectory().isPresent() && !keep.equals(address.keepGitDirectory())) {
            throw statement.blame("inconsistent keep-git-dir configuration");
        }
        String wanted = stage.expand(statement, how.checksum());
        if (!wanted.isEmpty() && !address.checksum().isEmpty() && !wanted.equals(address.checksum())) {
            throw statement.blame("checksum mismatch \"" + wanted + "\" != \"" + address.checksum() + "\"");
        }
        State tree = State.source(address.with(keep, wanted).source(), Optional.empty(), note.withIgnoreCache(false));
        steps = steps.then(action("/", FETCHED, List.of(), List.of()), tree);
    }

    private void inline(Heredoc heredoc) {
        String content = heredoc.expand() ? stage.expandText(statement, heredoc.text()) : heredoc.text();
        State file = State.scratch()
                .file(
                        FileSteps.begin()
                                .makeFile("/" + heredoc.name(), 0644, content.getBytes(StandardCharsets.UTF_8)),
                        StepNote.named("[internal] preparing inline document"));
        steps = steps.then(action("/" + heredoc.name(), FETCHED, List.of(), List.of()), file);
    }

    /** As the history has it. */
    private String text(List<String> sources) {
        StringBuilder text = new StringBuilder(statement.keyword());
        text.append(transfer.parents() ? " --parents" : "");
        text.append(owner.isEmpty() ? "" : " --chown=" + owner);
        text.append(mode.isEmpty() ? "" : " --chmod=" + mode);
        sources.forEach(source -> text.append(' ').append(source));
        transfer.heredocs().forEach(heredoc -> text.append(" <<").append(heredoc.name()));
        return text.append(' ').append(written).toString();
    }
}
