package io.buildkit4j.llb.codec;

import com.google.protobuf.ByteString;
import io.buildkit4j.llb.FileAction;
import io.buildkit4j.llb.Op;
import io.buildkit4j.wire.proto.ops.ChownOpt;
import io.buildkit4j.wire.proto.ops.FileActionCopy;
import io.buildkit4j.wire.proto.ops.FileActionMkDir;
import io.buildkit4j.wire.proto.ops.FileActionMkFile;
import io.buildkit4j.wire.proto.ops.FileActionRm;
import io.buildkit4j.wire.proto.ops.FileActionSymlink;
import io.buildkit4j.wire.proto.ops.FileOp;
import io.buildkit4j.wire.proto.ops.NamedUserOpt;
import io.buildkit4j.wire.proto.ops.UserOpt;

/** File ops as messages. */
final class FileWriter {
    private FileWriter() {}

    static FileOp write(Op.File file) {
        FileOp.Builder out = FileOp.newBuilder();
        file.actions().forEach(action -> out.addActions(action(action)));
        return out.build();
    }

    // departs from MethodLength: one case for each kind on the wire, and splitting would hide the table
    private static io.buildkit4j.wire.proto.ops.FileAction action(FileAction action) {
        io.buildkit4j.wire.proto.ops.FileAction.Builder out = io.buildkit4j.wire.proto.ops.FileAction.newBuilder()
                .setInput(action.frame().input())
                .setSecondaryInput(action.frame().secondaryInput())
                .setOutput(action.frame().output());
        switch (action) {
            case FileAction.Copy copy -> out.setCopy(copy(copy));
            case FileAction.MakeFile file -> {
                FileActionMkFile.Builder made = FileActionMkFile.newBuilder()
                        .setPath(file.path())
                        .setMode(file.mode())
                        .setData(ByteString.copyFrom(file.data()))
                        .setTimestamp(file.timestamp());
                file.owner().ifPresent(owner -> made.setOwner(owner(owner)));
                out.setMkfile(made);
            }
            case FileAction.MakeDirectory directory -> {
                FileActionMkDir.Builder made = FileActionMkDir.newBuilder()
                        .setPath(directory.path())
                        .setMode(directory.mode())
                        .setMakeParents(directory.makeParents())
                        .setTimestamp(directory.timestamp());
                directory.owner().ifPresent(owner -> made.setOwner(owner(owner)));
                out.setMkdir(made);
            }
            case FileAction.Remove remove ->
                out.setRm(FileActionRm.newBuilder()
                        .setPath(remove.path())
                        .setAllowNotFound(remove.allowNotFound())
                        .setAllowWildcard(remove.allowWildcard()));
            case FileAction.Symlink link -> {
                FileActionSymlink.Builder made = FileActionSymlink.newBuilder()
                        .setOldpath(link.target())
                        .setNewpath(link.path())
                        .setTimestamp(link.timestamp());
                link.owner().ifPresent(owner -> made.setOwner(owner(owner)));
                out.setSymlink(made);
            }
        }
        return out.build();
    }

    private static FileActionCopy copy(FileAction.Copy copy) {
        FileAction.CopyTraits traits = copy.traits();
        FileActionCopy.Builder out = FileActionCopy.newBuilder()
                .setSrc(copy.source())
                .setDest(copy.destination())
                .setMode(copy.mode())
                .setFollowSymlink(traits.followSymlink())
                .setDirCopyContents(traits.directoryContents())
                .setAttemptUnpackDockerCompatibility(traits.unpack())
                .setCreateDestPath(traits.createDestination())
                .setAllowWildcard(traits.allowWildcard())
                .setAllowEmptyWildcard(traits.allowEmptyWildcard())
                .setTimestamp(copy.timestamp())
                .addAllIncludePatterns(copy.include())
                .addAllExcludePatterns(copy.exclude())
                .setAlwaysReplaceExistingDestPaths(traits.alwaysReplace())
                .setModeStr(copy.symbolicMode())
                .addAllRequiredPaths(copy.required());
        copy.owner().ifPresent(owner -> out.setOwner(owner(owner)));
        return out.build();
    }

    private static ChownOpt owner(FileAction.Owner owner) {
        ChownOpt.Builder out = ChownOpt.newBuilder();
        owner.user().ifPresent(user -> out.setUser(account(user)));
        owner.group().ifPresent(group -> out.setGroup(account(group)));
        return out.build();
    }

    private static UserOpt account(FileAction.Account account) {
        return switch (account) {
            case FileAction.Account.Named named ->
                UserOpt.newBuilder()
                        .setByName(
                                NamedUserOpt.newBuilder().setName(named.name()).setInput(named.input()))
                        .build();
            case FileAction.Account.Numbered numbered ->
                UserOpt.newBuilder().setByID(numbered.id()).build();
        };
    }
}
