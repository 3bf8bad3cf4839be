package io.buildkit4j.store;

import java.io.OutputStream;

/**
 * Changes a tree. Directories on the way are resolved inside the tree; what is below the path's last part is replaced or
 * removed as a whole where needed. Used by one thread at a time.
 */
public interface TreeWriter extends TreeReader {
    /** Makes one directory; its parent exists. */
    void makeDirectory(String path, Attributes attributes);

    /**
     * Makes or replaces a regular file and answers where its bytes go; attributes are set when the stream is closed. The
     * stream has no buffer and may be used on another thread.
     */
    OutputStream writeFile(String path, Attributes attributes);

    /**
     * Makes or replaces a regular file whose bytes come later. It may come into being only when it is opened, and change the
     * time of its directory then; until that it may be replaced, removed or given a second name, but not read.
     */
    Reserved reserveFile(String path, Attributes attributes);

    /** A file whose bytes are still to come. */
    @FunctionalInterface
    interface Reserved {
        /** Opens it once, on the tree's thread, for its bytes, which any thread may write and which are there when the stream is closed. */
        OutputStream open();
    }

    /** Makes a symbolic link. */
    void makeLink(String path, String target, Attributes attributes);

    /** Makes a second name of an existing file. */
    void makeHardLink(String path, String existing);

    /** Makes a device, fifo or socket; the type is in the attributes' mode. */
    void makeNode(String path, long device, Attributes attributes);

    /** Changes what is there. */
    void setAttributes(String path, Attributes attributes);

    /** Removes the entry and everything below it. */
    void remove(String path);

    /**
     * Copies one regular file of another tree as cheaply as can be: a committed file that looks the same may become one with
     * its copy, so a snapshot into which files were copied cannot be mounted for writing; else reflink or copy in the kernel.
     *
     * @param source a tree of the same store
     */
    void copyFile(TreeReader source, TreeEntry file, String path, Attributes attributes);

    /**
     * What an entry gets.
     *
     * @param mode permission bits, and the type for {@link #makeNode}
     * @param modified nanoseconds since 1970
     */
    record Attributes(int mode, int uid, int gid, long modified, java.util.Map<String, byte[]> xattrs) {}
}
