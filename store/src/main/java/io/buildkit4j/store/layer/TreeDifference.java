package io.buildkit4j.store.layer;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.store.TreeWriter;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Changes one tree into another by what differs, so that what is written is the difference. */
public final class TreeDifference {
    private static final int PIECE = 1 << 16;

    private final TreeReader lower;
    private final TreeReader upper;
    private final TreeWriter changes;
    private final Map<Long, String> linked = new HashMap<>();

    /** {@code changes} shows {@code lower} and takes the changes. */
    public TreeDifference(TreeReader lower, TreeReader upper, TreeWriter changes) {
        this.lower = lower;
        this.upper = upper;
        this.changes = changes;
    }

    /** Writes the differences. */
    public void apply() throws InterruptedException {
        directory("/");
    }

    private boolean directory(String path) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the comparison of two trees was cancelled");
        }
        boolean changed = false;
        Map<String, TreeEntry> old = new LinkedHashMap<>();
        lower.list(path).forEach(entry -> old.put(entry.name(), entry));
        for (TreeEntry entry : upper.list(path)) {
            TreeEntry before = old.remove(entry.name());
            if (before == null) {
                copy(entry);
                changed = true;
            } else if (before.isDirectory() && entry.isDirectory()) {
                changed |= bothDirectories(before, entry);
            } else if (!same(before, entry)) {
                changes.remove(entry.path());
                copy(entry);
                changed = true;
            }
        }
        for (TreeEntry gone : old.values()) {
            changes.remove(gone.path());
            changed = true;
        }
        return changed;
    }

    /** The directory itself last: what changes in it changes its time. */
    private boolean bothDirectories(TreeEntry before, TreeEntry entry) throws InterruptedException {
        boolean changed = directory(entry.path());
        if (changed || !sameAttributes(before, entry)) {
            changes.setAttributes(entry.path(), attributes(entry));
        }
        return changed;
    }

    private void copy(TreeEntry entry) throws InterruptedException {
        if (!entry.isDirectory() && entry.links() > 1) {
            String first = linked.putIfAbsent(entry.inode(), entry.path());
            if (first != null) {
                changes.makeHardLink(entry.path(), first);
                return;
            }
        }
        TreeWriter.Attributes attributes = attributes(entry);
        if (entry.isDirectory()) {
            changes.makeDirectory(entry.path(), attributes);
            for (TreeEntry child : upper.list(entry.path())) {
                copy(child);
            }
            changes.setAttributes(entry.path(), attributes);
        } else if (entry.isFile()) {
            changes.copyFile(upper, entry, entry.path(), attributes);
        } else if (entry.isLink()) {
            changes.makeLink(entry.path(), entry.link(), attributes);
        } else {
            changes.makeNode(entry.path(), entry.device(), attributes);
        }
    }

    private static TreeWriter.Attributes attributes(TreeEntry entry) {
        return new TreeWriter.Attributes(entry.mode(), entry.uid(), entry.gid(), entry.modified(), entry.xattrs());
    }

    private static boolean sameAttributes(TreeEntry a, TreeEntry b) {
        boolean numbers = a.mode() == b.mode() && a.uid() == b.uid() && a.gid() == b.gid();
        return numbers && a.modified() == b.modified() && sameXattrs(a.xattrs(), b.xattrs());
    }

    private static boolean sameXattrs(Map<String, byte[]> a, Map<String, byte[]> b) {
        return a.keySet().equals(b.keySet())
                && a.entrySet().stream().allMatch(entry -> Arrays.equals(entry.getValue(), b.get(entry.getKey())));
    }

    private boolean same(TreeEntry a, TreeEntry b) {
        boolean described = sameAttributes(a, b) && a.link().equals(b.link()) && a.device() == b.device();
        if (!described || a.size() != b.size()) {
            return false;
        }
        return !a.isFile() || a.inode() == b.inode() || sameBytes(a, b);
    }

    private boolean sameBytes(TreeEntry a, TreeEntry b) {
        try (InputStream first = lower.open(a);
                InputStream second = upper.open(b)) {
            byte[] left = new byte[PIECE];
            byte[] right = new byte[PIECE];
            while (true) {
                int length = first.readNBytes(left, 0, PIECE);
                int other = second.readNBytes(right, 0, PIECE);
                if (length != other || !Arrays.equals(left, 0, length, right, 0, other)) {
                    return false;
                }
                if (length == 0) {
                    return true;
                }
            }
        } catch (IOException failed) {
            throw new StoreFault(Kind.UNKNOWN, "cannot compare " + a.path() + ": " + failed.getMessage(), failed);
        }
    }
}
