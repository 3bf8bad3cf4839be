package io.buildkit4j.store.tree;

import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.ListedFile;

/** What a name in a layer is, as far as merging asks. */
enum Mark {
    DIRECTORY,
    LINK,
    WHITEOUT,
    FILE,
    OTHER;

    static Mark of(ListedFile file, String directory) {
        return switch (file.type()) {
            case FileStatus.DIRECTORY -> DIRECTORY;
            case FileStatus.LINK -> LINK;
            case FileStatus.FILE -> FILE;
            case FileStatus.BLOCK_DEVICE, FileStatus.FIFO, FileStatus.SOCKET -> OTHER;
            default -> of(HostFiles.status(directory + "/" + file.name()));
        };
    }

    static Mark of(FileStatus status) {
        if (status.isWhiteout()) {
            return WHITEOUT;
        }
        return switch (status.mode() & FileStatus.TYPE) {
            case FileStatus.DIRECTORY -> DIRECTORY;
            case FileStatus.LINK -> LINK;
            case FileStatus.FILE -> FILE;
            default -> OTHER;
        };
    }
}
