package io.buildkit4j.exporter;

import io.buildkit4j.footing.NameBytes;
import io.buildkit4j.image.Digest;
import io.buildkit4j.store.ContentQuery;
import io.buildkit4j.store.FilePrint;
import io.buildkit4j.store.MountedTree;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.TransferListener;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.store.UsageRecord;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A file system in memory, and the hold on it. */
final class MemoryTree implements TreeReader, Ref {
    static final long TIME = 1_600_000_000_000_000_001L;

    private final Map<String, TreeEntry> entries = new LinkedHashMap<>();
    private final Map<Long, byte[]> contents = new HashMap<>();
    private long inodes = 1;

    MemoryTree() {
        entries.put("/", entry("/", 0040755, 0, "", 0, ++inodes, 2, Map.of()));
    }

    // departs from ParameterNumber: the record has eleven components
    private static TreeEntry entry(
            String path, int mode, long size, String link, long device, long inode, int links, Map<String, byte[]> x) {
        return new TreeEntry(path, mode, 7, 8, size, TIME, link, device, inode, links, x);
    }

    MemoryTree directory(String path) {
        entries.put(path, entry(path, 0040755, 4096, "", 0, ++inodes, 2, Map.of()));
        return this;
    }

    MemoryTree file(String path, String content, String... otherNames) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        contents.put(++inodes, bytes);
        Map<String, byte[]> xattrs = Map.of("user.x", new byte[] {0, -1});
        int links = 1 + otherNames.length;
        entries.put(path, entry(path, 0104755, bytes.length, "", 0, inodes, links, xattrs));
        for (String name : otherNames) {
            entries.put(name, entry(name, 0104755, bytes.length, "", 0, inodes, links, xattrs));
        }
        return this;
    }

    MemoryTree node(String path, int mode, String link, long device) {
        entries.put(path, entry(path, mode, link.length(), link, device, ++inodes, 1, Map.of()));
        return this;
    }

    @Override
    public Optional<TreeEntry> find(String path, boolean followLast) {
        return Optional.ofNullable(entries.get(path));
    }

    @Override
    public String resolve(String path, boolean followLast) {
        return path;
    }

    @Override
    public List<TreeEntry> list(String directory) {
        String prefix = directory.equals("/") ? "/" : directory + "/";
        return entries.values().stream()
                .filter(e -> e.path().startsWith(prefix)
                        && !e.path().equals("/")
                        && e.path().indexOf('/', prefix.length()) < 0)
                .sorted(Comparator.comparing(TreeEntry::name, NameBytes::compare))
                .toList();
    }

    @Override
    public InputStream open(TreeEntry file) {
        return new ByteArrayInputStream(contents.getOrDefault(file.inode(), new byte[0]));
    }

    @Override
    public String id() {
        return "memory";
    }

    @Override
    public void fetch(TransferListener listener) {}

    @Override
    public Ref share() {
        return this;
    }

    @Override
    public TreeReader tree() {
        return this;
    }

    @Override
    public MountedTree mountReadOnly() {
        throw new UnsupportedOperationException("exports never mount");
    }

    @Override
    public List<FilePrint> prints() {
        throw new UnsupportedOperationException("nobody compares trees here");
    }

    @Override
    public Digest contentDigest(ContentQuery query) {
        throw new UnsupportedOperationException("exports never hash trees");
    }

    @Override
    public UsageRecord usage() {
        throw new UnsupportedOperationException("exports never ask for usage");
    }

    @Override
    public void close() {}
}
