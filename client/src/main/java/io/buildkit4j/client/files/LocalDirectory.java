package io.buildkit4j.client.files;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.ChangeMarks;
import io.buildkit4j.wire.FileSource;
import io.buildkit4j.wire.FileStat;
import io.buildkit4j.wire.PathPatterns;
import io.buildkit4j.wire.Session.DirectoryRequest;
import io.buildkit4j.wire.WireFault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;

/**
 * A directory of this machine as a build sees it: what the request's patterns select, all of it owned by 0:0 (who owns the
 * files here must not matter to a build). Links are sent as links and never followed out.
 */
public final class LocalDirectory implements FileSource {
    private final Path root;
    private final PathPatterns include;
    private final PathPatterns exclude;
    private final OptionalLong changedSince;

    private LocalDirectory(Path root, OptionalLong changedSince, PathPatterns include, PathPatterns exclude) {
        this.root = root;
        this.changedSince = changedSince;
        this.include = include;
        this.exclude = exclude;
    }

    /** Begins to load what reading directories needs; returns at once. To be called before a build that offers some. */
    public static void prepare() {
        TreeWalk.prepare();
    }

    /** The part of the directory that is asked for; the directory itself may be a link. */
    public static LocalDirectory open(Path directory, DirectoryRequest request) {
        Path root;
        try {
            root = directory.toRealPath();
        } catch (IOException failed) {
            throw new WireFault(Kind.NOT_FOUND, "local directory " + directory + " is gone", failed);
        }
        List<String> include = new ArrayList<>(request.include());
        boolean everything = include.isEmpty() && request.follow().isEmpty();
        List<String> followed = new FollowedPaths(root).resolve(request.follow());
        include.addAll(followed);
        return new LocalDirectory(
                root,
                request.changedSince(),
                everything || followed.contains(".") ? PathPatterns.none() : PathPatterns.of(include),
                PathPatterns.of(request.exclude()));
    }

    @Override
    public void walk(Visitor visitor) throws InterruptedException {
        new Walk(visitor).run();
    }

    @Override
    public InputStream open(String path) {
        try {
            return Files.newInputStream(root.resolve(path), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException failed) {
            throw new WireFault(Kind.UNKNOWN, "cannot read " + root.resolve(path) + ": " + reason(failed), failed);
        }
    }

    static String reason(IOException failed) {
        return failed instanceof java.nio.file.NoSuchFileException ? "it is gone" : String.valueOf(failed.getMessage());
    }

    /** One pass. A directory that is not selected itself is sent only once something in it is. */
    private final class Walk implements TreeWalk.Visitor {
        private final Visitor visitor;
        private final Deque<Level> levels = new ArrayDeque<>();
        /** Clocks of file systems lag behind by up to a tick of the kernel's. */
        private final long begun = (System.currentTimeMillis() - 20) * 1_000_000;

        private boolean any;

        Walk(Visitor visitor) {
            this.visitor = visitor;
        }

        /** A directory on the way down. */
        private static final class Level {
            private final Selection selection;
            private final FileStat stat;
            private boolean sent;

            Level(Selection selection, FileStat stat, boolean sent) {
                this.selection = selection;
                this.stat = stat;
                this.sent = sent;
            }
        }

        void run() throws InterruptedException {
            TreeWalk.over(root, changedSince).walk(this);
        }

        @Override
        public boolean visit(FileStat stat) throws InterruptedException {
            String path = stat.path();
            int slash = path.lastIndexOf('/');
            String parent = slash < 0 ? "" : path.substring(0, slash);
            while (!levels.isEmpty() && !levels.getLast().stat.path().equals(parent)) {
                levels.removeLast();
            }
            Selection above = levels.isEmpty() ? new Selection(include, exclude) : levels.getLast().selection;
            Selection selection = above.enter(path.substring(slash + 1));
            boolean selected = selection.selected();
            if (selected) {
                sendDirectories();
                send(stat);
            }
            boolean enter = stat.isDirectory() && !selection.fruitless();
            if (enter) {
                levels.addLast(new Level(selection, stat, selected));
            }
            return enter;
        }

        private void send(FileStat stat) throws InterruptedException {
            visitor.entry(any || changedSince.isEmpty() ? stat : ChangeMarks.walked(stat, begun));
            any = true;
        }

        private void sendDirectories() throws InterruptedException {
            for (Level level : levels) {
                if (!level.sent) {
                    level.sent = true;
                    send(level.stat);
                }
            }
        }
    }
}
