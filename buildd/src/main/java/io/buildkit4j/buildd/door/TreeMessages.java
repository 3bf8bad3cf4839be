package io.buildkit4j.buildd.door;

import com.google.protobuf.ByteString;
import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.store.TreeWildcards;
import io.buildkit4j.wire.FileStat;
import io.buildkit4j.wire.StatCodec;
import io.buildkit4j.wire.proto.gateway.FileRange;
import io.buildkit4j.wire.proto.gateway.ReadDirRequest;
import io.buildkit4j.wire.proto.gateway.ReadDirResponse;
import io.buildkit4j.wire.proto.gateway.ReadFileRequest;
import io.buildkit4j.wire.proto.gateway.ReadFileResponse;
import io.buildkit4j.wire.proto.gateway.StatFileRequest;
import io.buildkit4j.wire.proto.gateway.StatFileResponse;
import java.io.IOException;
import java.io.InputStream;

/** Trees as frontends read them. Links are followed inside the tree only. */
final class TreeMessages {
    /** The largest part of a file that fits a message with room to spare. */
    private static final long LARGEST = 16L << 20;

    private TreeMessages() {}

    static ReadFileResponse read(TreeReader tree, ReadFileRequest request) {
        TreeEntry file = find(tree, request.getFilePath(), true);
        if (!file.isFile()) {
            throw new DaemonFault(Kind.INVALID_ARGUMENT, "read " + request.getFilePath() + ": not a regular file");
        }
        FileRange range = request.getRange();
        long wanted = request.hasRange() && range.getLength() > 0
                ? range.getLength()
                : Math.max(0, file.size() - range.getOffset());
        if (wanted > LARGEST) {
            throw new DaemonFault(
                    Kind.RESOURCE_EXHAUSTED,
                    request.getFilePath() + " has " + wanted + " bytes: read it in ranges of at most " + LARGEST);
        }
        try (InputStream in = tree.open(file)) {
            in.skipNBytes(Math.min(range.getOffset(), file.size()));
            return ReadFileResponse.newBuilder()
                    .setData(ByteString.copyFrom(in.readNBytes((int) wanted)))
                    .build();
        } catch (IOException failed) {
            throw new DaemonFault(
                    Kind.DATA_LOSS, "cannot read " + request.getFilePath() + ": " + failed.getMessage(), failed);
        }
    }

    static ReadDirResponse list(TreeReader tree, ReadDirRequest request) {
        TreeEntry directory = find(tree, request.getDirPath(), true);
        if (!directory.isDirectory()) {
            throw new DaemonFault(Kind.INVALID_ARGUMENT, "readdir " + request.getDirPath() + ": not a directory");
        }
        ReadDirResponse.Builder response = ReadDirResponse.newBuilder();
        for (TreeEntry entry : tree.list(directory.path())) {
            if (request.getIncludePattern().isEmpty()
                    || TreeWildcards.matches(request.getIncludePattern(), entry.name())) {
                response.addEntries(StatCodec.encode(stat(entry)));
            }
        }
        return response.build();
    }

    static StatFileResponse stat(TreeReader tree, StatFileRequest request) {
        return StatFileResponse.newBuilder()
                .setStat(StatCodec.encode(stat(find(tree, request.getPath(), false))))
                .build();
    }

    private static TreeEntry find(TreeReader tree, String path, boolean followLast) {
        String absolute = path.startsWith("/") ? path : "/" + path;
        return tree.find(absolute, followLast)
                .orElseThrow(() -> new DaemonFault(Kind.NOT_FOUND, "open " + absolute + ": no such file or directory"));
    }

    private static FileStat stat(TreeEntry entry) {
        return new FileStat(
                entry.name(),
                entry.mode(),
                entry.uid(),
                entry.gid(),
                entry.isDirectory() ? 0 : entry.size(),
                entry.modified(),
                entry.link(),
                entry.device(),
                entry.xattrs());
    }
}
