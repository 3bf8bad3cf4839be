package io.buildkit4j.worker.file;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Compression;
import io.buildkit4j.image.TarEntry;
import io.buildkit4j.image.TarReader;
import io.buildkit4j.llb.FileAction;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.store.TreeWriter.Attributes;
import io.buildkit4j.worker.WorkerFault;
import io.buildkit4j.worker.process.Decompressor;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Unpacks archives as Docker's ADD does: a file is one when its first bytes say so, whatever its name. Knows tar, bare or in
 * gzip, zstd, and bzip2 or xz through the host's tools of those names.
 */
final class Archive {
    private static final int HEAD = 512;
    private static final int MAGIC_AT = 257;
    private static final byte[] USTAR = {'u', 's', 't', 'a', 'r'};

    private final Target target;
    private final String root;
    /** Directories whose times are set when nothing more comes into them, the deepest first. */
    private final Map<String, Attributes> directories = new TreeMap<>(java.util.Comparator.reverseOrder());

    private Archive(Target target, String root) {
        this.target = target;
        this.root = root;
    }

    /** Where it goes. */
    record Target(TreeWriter tree, String destination, Optional<Ownership> owner, long timestamp) {}

    /** Unpacks the file; false when it is no archive. */
    static boolean unpack(TreeReader from, TreeEntry file, Target target) throws InterruptedException {
        if (!file.isFile() || file.size() == 0) {
            return false;
        }
        try (InputStream in = new BufferedInputStream(from.open(file), 1 << 16)) {
            in.mark(HEAD);
            byte[] head = in.readNBytes(HEAD);
            in.reset();
            boolean packed =
                    Decompressor.tool(head).isPresent() || Compression.detect(head, head.length) != Compression.NONE;
            if (!packed && !tar(head)) {
                return false;
            }
            try (InputStream plain = new BufferedInputStream(decompressed(head, in), 1 << 16)) {
                plain.mark(HEAD);
                byte[] start = plain.readNBytes(HEAD);
                plain.reset();
                if (!tar(start)) {
                    return false;
                }
                Attributes made = ActionRun.attributes(0755, target.owner, target.timestamp);
                String root = Paths.makeDirectories(target.tree, Paths.clean(target.destination), made);
                new Archive(target, root).unpack(new TarReader(plain));
                return true;
            }
        } catch (IOException damaged) {
            throw new WorkerFault(
                    Kind.DATA_LOSS, "cannot unpack \"" + file.path() + "\": " + damaged.getMessage(), damaged);
        }
    }

    private static InputStream decompressed(byte[] head, InputStream in) throws IOException {
        Optional<String> tool = Decompressor.tool(head);
        return tool.isPresent() ? Decompressor.open(tool.get(), in) : Compression.decompressed(in);
    }

    /** Has POSIX's or GNU's mark, or, before those, a header whose checksum is right. */
    private static boolean tar(byte[] head) {
        if (head.length < HEAD) {
            return false;
        }
        boolean marked = true;
        for (int i = 0; i < USTAR.length; i++) {
            marked &= head[MAGIC_AT + i] == USTAR[i];
        }
        return marked || checksum(head);
    }

    private static boolean checksum(byte[] head) {
        int sum = 0;
        for (int i = 0; i < HEAD; i++) {
            sum += i >= 148 && i < 156 ? ' ' : head[i] & 0xff;
        }
        int told = 0;
        int digits = 0;
        for (int i = 148; i < 156; i++) {
            if (head[i] >= '0' && head[i] <= '7') {
                told = told * 8 + head[i] - '0';
                digits++;
            }
        }
        return digits > 0 && told == sum && head[0] != 0;
    }

    private void unpack(TarReader in) throws IOException, InterruptedException {
        for (Optional<TarEntry> entry = in.next(); entry.isPresent(); entry = in.next()) {
            if (Thread.interrupted()) {
                throw new InterruptedException("unpacking was given up");
            }
            entry(entry.get(), in.content());
        }
        directories.forEach((path, attributes) -> target.tree.setAttributes(path, attributes));
    }

    private void entry(TarEntry entry, InputStream content) throws IOException {
        String path = place(entry.name());
        Attributes attributes = attributes(entry);
        if (path.equals(root)) {
            return;
        }
        TreeWriter tree = target.tree;
        String parent = Paths.parent(path);
        if (tree.find(parent, false).filter(TreeEntry::isDirectory).isEmpty()) {
            Paths.makeDirectories(tree, parent, ActionRun.attributes(0755, target.owner, target.timestamp));
        }
        Optional<TreeEntry> there = tree.find(path, false);
        boolean merged = entry.type() == TarEntry.Type.DIRECTORY
                && there.filter(TreeEntry::isDirectory).isPresent();
        if (there.isPresent() && !merged) {
            tree.remove(path);
            directories.keySet().removeIf(known -> known.equals(path) || known.startsWith(path + "/"));
        }
        switch (entry.type()) {
            case FILE -> {
                try (OutputStream out = tree.writeFile(path, attributes)) {
                    content.transferTo(out);
                }
            }
            case HARD_LINK -> tree.makeHardLink(path, place(entry.link()));
            case LINK -> tree.makeLink(path, entry.link(), attributes);
            case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> tree.makeNode(path, entry.device(), attributes);
            case DIRECTORY -> {
                if (!merged) {
                    tree.makeDirectory(path, attributes);
                }
                directories.put(path, attributes);
            }
        }
    }

    /** Below the destination, whatever the archive says; links on the way are resolved inside the destination only. */
    private String place(String name) {
        String clean = Paths.clean(name);
        if (clean.equals("/")) {
            return root;
        }
        String path = (root.equals("/") ? "" : root) + clean;
        String parent = target.tree.resolve(Paths.parent(path), true);
        boolean inside = root.equals("/") || parent.equals(root) || parent.startsWith(root + "/");
        if (!inside) {
            throw new WorkerFault(
                    Kind.INVALID_ARGUMENT,
                    "archive entry \"" + name + "\" leads through a link out of \"" + target.destination + "\"");
        }
        return Paths.join(parent, Paths.name(path));
    }

    private Attributes attributes(TarEntry entry) {
        return new Attributes(
                entry.statMode(),
                target.owner.map(Ownership::uid).orElse(entry.uid()),
                target.owner.map(Ownership::gid).orElse(entry.gid()),
                target.timestamp == FileAction.KEEP_TIME ? entry.modified() : target.timestamp,
                entry.xattrs());
    }
}
