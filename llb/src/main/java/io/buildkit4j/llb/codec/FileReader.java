package io.buildkit4j.llb.codec;

import io.buildkit4j.llb.FileAction;
import io.buildkit4j.llb.LlbFault;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.OpFrame;
import io.buildkit4j.wire.proto.ops.ChownOpt;
import io.buildkit4j.wire.proto.ops.FileActionCopy;
import io.buildkit4j.wire.proto.ops.FileOp;
import io.buildkit4j.wire.proto.ops.UserOpt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Messages as file ops. */
final class FileReader {
    private FileReader() {}

    static Op read(OpFrame frame, FileOp in) {
        List<FileAction> actions = new ArrayList<>(in.getActionsCount());
        for (io.buildkit4j.wire.proto.ops.FileAction action : in.getActionsList()) {
            int reachable = frame.inputs().size() + actions.size();
            actions.add(action(action, reachable));
        }
        if (actions.isEmpty()) {
            throw LlbFault.invalid("a file op without actions");
        }
        return new Op.File(frame, actions);
    }

    private static FileAction action(io.buildkit4j.wire.proto.ops.FileAction in, int reachable) {
        FileAction.ActionFrame frame = new FileAction.ActionFrame(
                OpCodec.inputIndex(in.getInput(), reachable, "file action input"),
                OpCodec.inputIndex(in.getSecondaryInput(), reachable, "file action secondary input"),
                OpCodec.index(in.getOutput(), "file action output"));
        return switch (in.getActionCase()) {
            case COPY -> copy(frame, in.getCopy());
            case MKFILE ->
                new FileAction.MakeFile(
                        frame,
                        in.getMkfile().getPath(),
                        in.getMkfile().getMode(),
                        in.getMkfile().getData().asReadOnlyByteBuffer(),
                        owner(in.getMkfile().hasOwner(), in.getMkfile().getOwner()),
                        in.getMkfile().getTimestamp());
            case MKDIR ->
                new FileAction.MakeDirectory(
                        frame,
                        in.getMkdir().getPath(),
                        in.getMkdir().getMode(),
                        in.getMkdir().getMakeParents(),
                        owner(in.getMkdir().hasOwner(), in.getMkdir().getOwner()),
                        in.getMkdir().getTimestamp());
            case RM ->
                new FileAction.Remove(
                        frame,
                        in.getRm().getPath(),
                        in.getRm().getAllowNotFound(),
                        in.getRm().getAllowWildcard());
            case SYMLINK ->
                new FileAction.Symlink(
                        frame,
                        in.getSymlink().getOldpath(),
                        in.getSymlink().getNewpath(),
                        owner(in.getSymlink().hasOwner(), in.getSymlink().getOwner()),
                        in.getSymlink().getTimestamp());
            case ACTION_NOT_SET -> throw LlbFault.invalid("a file action that is not known here");
        };
    }

    private static FileAction copy(FileAction.ActionFrame frame, FileActionCopy in) {
        return new FileAction.Copy(
                frame,
                in.getSrc(),
                in.getDest(),
                owner(in.hasOwner(), in.getOwner()),
                in.getMode(),
                in.getModeStr(),
                new FileAction.CopyTraits(
                        in.getFollowSymlink(),
                        in.getDirCopyContents(),
                        in.getAttemptUnpackDockerCompatibility(),
                        in.getCreateDestPath(),
                        in.getAllowWildcard(),
                        in.getAllowEmptyWildcard(),
                        in.getAlwaysReplaceExistingDestPaths()),
                in.getTimestamp(),
                in.getIncludePatternsList(),
                in.getExcludePatternsList(),
                in.getRequiredPathsList());
    }

    private static Optional<FileAction.Owner> owner(boolean present, ChownOpt in) {
        if (!present) {
            return Optional.empty();
        }
        return Optional.of(
                new FileAction.Owner(account(in.hasUser(), in.getUser()), account(in.hasGroup(), in.getGroup())));
    }

    private static Optional<FileAction.Account> account(boolean present, UserOpt in) {
        if (!present) {
            return Optional.empty();
        }
        return switch (in.getUserCase()) {
            case BYNAME ->
                Optional.of(new FileAction.Account.Named(
                        in.getByName().getName(), OpCodec.index(in.getByName().getInput(), "owner's input")));
            case BYID -> Optional.of(new FileAction.Account.Numbered(in.getByID()));
            case USER_NOT_SET -> Optional.empty();
        };
    }
}
