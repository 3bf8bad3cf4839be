package io.buildkit4j.store.tree;

import io.buildkit4j.footing.NameBytes;
import io.buildkit4j.image.Digest;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.store.ContentQuery;
import io.buildkit4j.store.FilePrint;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** Lists a tree with what each entry adds to the content digest. Hashes are those that are remembered. */
public final class TreePrints {
    private TreePrints() {}

    /** All entries, the root first, each directory's in the order of their names' bytes. */
    public static List<FilePrint> of(LayeredTree tree) throws InterruptedException {
        ContentHashes.digest(tree, ContentQuery.ALL); // from here on every file's hash is known
        List<FilePrint> prints = new ArrayList<>();
        Deque<Merged> left = new ArrayDeque<>();
        left.push(tree.root);
        prints.add(directory(tree.root));
        while (!left.isEmpty()) {
            if (Thread.interrupted()) {
                throw new InterruptedException("listing was given up");
            }
            list(tree, left.pop(), left, prints);
        }
        return prints;
    }

    private static void list(LayeredTree tree, Merged directory, Deque<Merged> left, List<FilePrint> prints) {
        Map<String, Layer.Part> parts = directory.names();
        String[] names = parts.keySet().toArray(String[]::new);
        Arrays.sort(names, NameBytes::compare);
        for (String name : names) {
            Layer.Part part = parts.get(name);
            Merged below =
                    part != null && part.mark(name) == Mark.DIRECTORY ? tree.directory(directory.child(name)) : null;
            if (below != null) {
                prints.add(directory(below));
                left.push(below);
            } else if (part != null) {
                prints.add(leaf(part, directory.child(name), part.child(name)));
            }
        }
    }

    private static FilePrint directory(Merged directory) {
        return print(directory.path(), HostFiles.status(directory.parts().getFirst().host), 0);
    }

    private static FilePrint leaf(Layer.Part part, String path, String host) {
        FileStatus status = HostFiles.status(host);
        long content = 0;
        if (status.isFile()) {
            byte[] hash = part.layer.digests.find(ContentHashes.fileKey(path));
            content = hash == null ? 0 : ByteBuffer.wrap(hash).getLong();
        } else if (status.isLink()) {
            content = ByteBuffer.wrap(Digest.ofText(HostFiles.readLink(host)).bytes())
                    .getLong();
        }
        return print(path, status, content);
    }

    private static FilePrint print(String path, FileStatus status, long content) {
        return new FilePrint(path, status.mode(), status.uid(), status.gid(), content);
    }
}
