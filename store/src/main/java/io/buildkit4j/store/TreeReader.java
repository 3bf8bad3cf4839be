package io.buildkit4j.store;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * A file system as a tree, whatever it is stacked of. Paths are from its root, {@code /}-separated; {@code ..} and symbolic
 * links are resolved inside the tree and can never leave it. Safe for any thread.
 */
public interface TreeReader {
    /** The entry at the path, or nothing. {@code followLast}: a link as the last part stands for its target. */
    Optional<TreeEntry> find(String path, boolean followLast);

    /** The path with every link in it resolved; parts that do not exist stay as they are. */
    String resolve(String path, boolean followLast);

    /** Entries of the directory, sorted by name's bytes. */
    List<TreeEntry> list(String directory);

    /** Opens a regular file. */
    InputStream open(TreeEntry file);
}
