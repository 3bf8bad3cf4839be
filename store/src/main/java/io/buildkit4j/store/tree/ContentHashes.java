package io.buildkit4j.store.tree;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.image.Digest;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.OpenFile;
import io.buildkit4j.store.ContentQuery;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TreeWildcards;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Content digests of committed trees: Merkle roots over names, types, permission bits, owners, extended attributes, link
 * targets, device numbers and files' bytes; never times, sizes, inodes or hard links. Hashes of files and of merged
 * directories are remembered with the layers they come from, so that a tree is read once and a change costs its own path.
 */
public final class ContentHashes {
    private static final int SMALL_BATCH = 128;
    private static final long LARGE = 1 << 20;

    private ContentHashes() {}

    static String fileKey(String path) {
        return "f" + path;
    }

    /**
     * The digest of what the query selects. Of one path: its entry without its name, and all below it. With wildcards: all
     * matches with their paths.
     *
     * @throws StoreFault NOT_FOUND as {@code "/path": not found} when nothing is at the path; no match of a wildcard is
     *     the digest of nothing
     */
    public static Digest digest(LayeredTree tree, ContentQuery query) throws InterruptedException {
        HashPlan plan = new HashPlan(tree, query);
        List<String> matches = query.wildcards() && TreeWildcards.in(query.path())
                ? TreeWildcards.matches(tree, query.path())
                : List.of(query.path());
        List<HashPlan.Node> nodes = new ArrayList<>(matches.size());
        List<String> names = new ArrayList<>(matches.size());
        for (String match : matches) {
            String path = tree.resolve(match, query.followLinks());
            if (tree.entry(path).isEmpty()) {
                throw new StoreFault(Kind.NOT_FOUND, "\"" + shown(match) + "\": not found");
            }
            nodes.add(plan.plan(path));
            names.add(match);
        }
        read(plan.unread());
        Set<Layer> touched = new HashSet<>(plan.touched());
        Digest digest = query.wildcards() && TreeWildcards.in(query.path())
                ? combined(names, nodes)
                : Digest.ofHash(nodes.getFirst().hash());
        touched.forEach(layer -> layer.digests.save());
        return digest;
    }

    private static String shown(String path) {
        return path.startsWith("/") ? path : "/" + path;
    }

    private static Digest combined(List<String> names, List<HashPlan.Node> nodes) {
        MessageDigest all = Digest.sha256();
        for (int i = 0; i < names.size(); i++) {
            NodeHash.name(all, names.get(i));
            all.update(nodes.get(i).hash());
        }
        return Digest.ofHash(all.digest());
    }

    /** Small files in batches and large ones by themselves, on as many threads as there are processors. */
    private static void read(List<HashPlan.Node> files) throws InterruptedException {
        if (files.size() <= SMALL_BATCH
                && files.stream().mapToLong(HashPlan.Node::size).sum() < LARGE) {
            readAll(files);
            return;
        }
        List<List<HashPlan.Node>> batches = new ArrayList<>();
        List<HashPlan.Node> batch = new ArrayList<>();
        long size = 0;
        for (HashPlan.Node file : files) {
            batch.add(file);
            size += file.size();
            if (batch.size() >= SMALL_BATCH || size >= LARGE) {
                batches.add(batch);
                batch = new ArrayList<>();
                size = 0;
            }
        }
        batches.add(batch);
        TaskScope.map("hash", batches, Runtime.getRuntime().availableProcessors(), some -> {
            readAll(some);
            return some.size();
        });
    }

    private static void readAll(List<HashPlan.Node> files) throws InterruptedException {
        byte[] buffer = new byte[64 * 1024];
        MessageDigest hash = Digest.sha256();
        for (HashPlan.Node file : files) {
            if (Thread.interrupted()) {
                throw new InterruptedException("hashing was given up");
            }
            try (OpenFile open = HostFiles.open(file.host())) {
                long left = file.size();
                for (int n; left > 0 && (n = open.read(buffer, 0, buffer.length)) > 0; left -= n) {
                    hash.update(buffer, 0, n);
                }
            }
            file.read(hash.digest());
        }
    }
}
