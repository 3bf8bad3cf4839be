package io.buildkit4j.llb;

import io.buildkit4j.llb.FileAction.ActionFrame;
import io.buildkit4j.llb.FileAction.CopyTraits;
import io.buildkit4j.llb.FileAction.Owner;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Changes of files, one after the other, that become one step. Immutable. Relative paths start at the state's directory. */
public final class FileSteps {
    private static final FileSteps NOTHING = new FileSteps(Optional.empty(), Optional.empty());
    private static final ActionFrame OPEN = new ActionFrame(Op.NONE, Op.NONE, Op.NONE);

    private record Step(FileAction action, State source) {}

    /** The last one; those before it are shared with whoever goes on from there. */
    private final Optional<Step> last;

    private final Optional<FileSteps> before;

    private FileSteps(Optional<Step> last, Optional<FileSteps> before) {
        this.last = last;
        this.before = before;
    }

    /** Nothing yet. */
    public static FileSteps begin() {
        return NOTHING;
    }

    /** Then this action, whose frame and named owners' inputs are filled in when the step is written down. */
    public FileSteps then(FileAction action, State source) {
        return new FileSteps(Optional.of(new Step(action, source)), Optional.of(this));
    }

    private List<Step> inOrder() {
        List<Step> steps = new ArrayList<>();
        Optional<FileSteps> at = Optional.of(this);
        while (at.isPresent()) {
            at.get().last.ifPresent(steps::add);
            at = at.get().before;
        }
        Collections.reverse(steps);
        return steps;
    }

    /** A frame to be filled in. */
    public static ActionFrame open() {
        return OPEN;
    }

    /** Then a copy of a path of another tree; missing directories of the destination are made. */
    public FileSteps copy(State from, String source, String destination) {
        CopyTraits traits = new CopyTraits(false, false, false, true, true, false, false);
        return then(
                new FileAction.Copy(
                        OPEN,
                        source,
                        destination,
                        Optional.empty(),
                        -1,
                        "",
                        traits,
                        FileAction.KEEP_TIME,
                        List.of(),
                        List.of(),
                        List.of()),
                from);
    }

    /** Then a directory. */
    public FileSteps makeDirectory(String path, int mode, boolean parents) {
        return then(
                new FileAction.MakeDirectory(OPEN, path, mode, parents, Optional.empty(), FileAction.KEEP_TIME),
                State.scratch());
    }

    /** Then a file. */
    public FileSteps makeFile(String path, int mode, byte[] data) {
        return then(
                new FileAction.MakeFile(
                        OPEN, path, mode, ByteBuffer.wrap(data), Optional.empty(), FileAction.KEEP_TIME),
                State.scratch());
    }

    /** Then the end of a path that may be a pattern. */
    public FileSteps remove(String path, boolean allowNotFound, boolean allowWildcard) {
        return then(new FileAction.Remove(OPEN, path, allowNotFound, allowWildcard), State.scratch());
    }

    /** Then a symbolic link. */
    public FileSteps symlink(String target, String path) {
        return then(
                new FileAction.Symlink(OPEN, target, path, Optional.empty(), FileAction.KEEP_TIME), State.scratch());
    }

    State apply(State state, StepNote note) {
        List<Step> steps = inOrder();
        if (steps.isEmpty()) {
            return state;
        }
        State.InputList inputs = new State.InputList();
        int input = inputs.add(state);
        List<Integer> sources =
                steps.stream().map(step -> inputs.add(step.source())).toList();
        int count = inputs.inputs().size();
        List<FileAction> actions = new ArrayList<>(steps.size());
        for (int i = 0; i < steps.size(); i++) {
            int secondary = steps.get(i).action() instanceof FileAction.Copy ? sources.get(i) : Op.NONE;
            ActionFrame frame = new ActionFrame(input, secondary, i == steps.size() - 1 ? 0 : Op.NONE);
            actions.add(place(steps.get(i).action(), frame, state.around()));
            input = count + i;
        }
        Op.File op = new Op.File(OpFrame.of(inputs.inputs()), actions);
        return state.at(Node.of(op, inputs.outputs(), note), 0);
    }

    // departs from MethodLength: one case for each action, each of which only copies its parts
    private static FileAction place(FileAction action, ActionFrame frame, Surroundings around) {
        return switch (action) {
            case FileAction.Copy copy ->
                new FileAction.Copy(
                        frame,
                        copy.source(),
                        keepSlash(copy.destination(), around.resolve(copy.destination())),
                        owner(copy.owner(), frame),
                        copy.mode(),
                        copy.symbolicMode(),
                        copy.traits(),
                        copy.timestamp(),
                        copy.include(),
                        copy.exclude(),
                        copy.required());
            case FileAction.MakeFile file ->
                new FileAction.MakeFile(
                        frame,
                        around.resolve(file.path()),
                        file.mode(),
                        file.data(),
                        owner(file.owner(), frame),
                        file.timestamp());
            case FileAction.MakeDirectory directory ->
                new FileAction.MakeDirectory(
                        frame,
                        around.resolve(directory.path()),
                        directory.mode(),
                        directory.makeParents(),
                        owner(directory.owner(), frame),
                        directory.timestamp());
            case FileAction.Remove remove ->
                new FileAction.Remove(
                        frame, around.resolve(remove.path()), remove.allowNotFound(), remove.allowWildcard());
            case FileAction.Symlink link ->
                new FileAction.Symlink(
                        frame,
                        link.target(),
                        around.resolve(link.path()),
                        owner(link.owner(), frame),
                        link.timestamp());
        };
    }

    /** A slash at the end of a destination says that it is a directory. */
    private static String keepSlash(String written, String resolved) {
        boolean directory = written.endsWith("/") || written.equals(".") || written.endsWith("/.");
        return directory && !resolved.equals("/") ? resolved + "/" : resolved;
    }

    private static Optional<Owner> owner(Optional<Owner> owner, ActionFrame frame) {
        return owner.map(both -> new Owner(
                both.user().map(half -> account(half, frame)), both.group().map(half -> account(half, frame))));
    }

    private static FileAction.Account account(FileAction.Account account, ActionFrame frame) {
        return switch (account) {
            case FileAction.Account.Named named -> new FileAction.Account.Named(named.name(), frame.input());
            case FileAction.Account.Numbered numbered -> numbered;
        };
    }
}
