package io.buildkit4j.worker.source.git;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** The bare repositories of this machine, one a remote, below one directory. Safe for any thread. */
public final class GitRepositories {
    private final Path directory;
    private final Claims claims = new Claims();

    /** Repositories are made there when they are needed. */
    public GitRepositories(Path directory) {
        this.directory = directory;
    }

    /**
     * What of a commit goes where.
     *
     * @param target an empty directory
     * @param keepGitDirectory the target becomes a repository of its own with this one commit
     */
    public record Checkout(Path target, boolean keepGitDirectory, boolean submodules) {}

    /**
     * The commit that the reference means now, in hexadecimal. Asks the remote unless it is a commit already.
     *
     * @throws WorkerFault NOT_FOUND when the remote has no such reference
     */
    public String resolve(GitRemote remote) throws InterruptedException {
        GitUrl url = remote.url();
        if (url.namesCommit()) {
            return url.ref();
        }
        String wanted = url.ref().isEmpty() ? "HEAD" : url.ref();
        Map<String, String> found = new HashMap<>();
        GitCommand.Outcome listing;
        try (KnownHosts hosts = KnownHosts.of(made(), remote.login())) {
            listing = GitRemote.patiently(
                    remote.command(directory, hosts.file()), "ls-remote", "--", url.remote(), wanted, wanted + "^{}");
        }
        if (!listing.succeeded()) {
            throw remote.fault("ask", listing);
        }
        for (String line : listing.output().lines().toList()) {
            String[] fields = line.split("\t", 2);
            if (fields.length == 2 && GitUrl.isCommit(fields[0])) {
                found.put(fields[1], fields[0]);
            }
        }
        // As git's checkout does where a branch and a tag have one name. An annotated tag stands for its commit.
        for (String prefix : new String[] {"", "refs/heads/", "refs/tags/", "refs/"}) {
            for (String suffix : new String[] {"^{}", ""}) {
                String commit = found.get(prefix + wanted + suffix);
                if (commit != null) {
                    return commit;
                }
            }
        }
        throw new WorkerFault(
                Kind.NOT_FOUND, url.shown() + " has no branch, tag or commit \"" + wanted + "\": check the name");
    }

    /** Gives everything below the directory the time of the commit, which has been checked out. */
    public void date(GitRemote remote, String commit, Path target) throws InterruptedException {
        Path repository = repository(remote);
        String seconds = command(repository)
                .run("show", "--no-patch", "--format=%ct", commit)
                .strip();
        FileTime time = FileTime.from(Instant.ofEpochSecond(Long.parseLong(seconds)));
        try (Stream<Path> all = Files.walk(target)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .setTimes(time, null, null);
            }
        } catch (IOException failed) {
            throw new WorkerFault(
                    Kind.INTERNAL, "cannot date " + remote.url().shown() + ": " + failed.getMessage(), failed);
        }
    }

    // Who may see more must not leave it to who may see less.
    private Path repository(GitRemote remote) {
        return made().resolve(
                        Digest.ofText(remote.url().remote() + remote.login().identity())
                                .hex());
    }

    /** Writes the commit's files, or those of the URL's directory, to the target. */
    public void checkout(GitRemote remote, String commit, Checkout checkout) throws InterruptedException {
        GitUrl url = remote.url();
        Path repository = repository(remote);
        try (Claims.Claim _ = claims.claim(repository);
                KnownHosts hosts = KnownHosts.of(directory, remote.login())) {
            fetch(remote, commit, repository, hosts.file());
            boolean whole = url.directory().isEmpty();
            if (!whole || !checkout.keepGitDirectory()) {
                export(url, commit, repository, checkout.target());
            }
            boolean modules = whole
                    && checkout.submodules()
                    && (checkout.keepGitDirectory()
                            ? command(repository)
                                    .attempt("cat-file", "-e", commit + ":.gitmodules")
                                    .succeeded()
                            : Files.exists(checkout.target().resolve(".gitmodules"), LinkOption.NOFOLLOW_LINKS));
            if (whole && (checkout.keepGitDirectory() || modules)) {
                cloneTo(url, commit, repository, checkout.target());
                if (modules) {
                    modules(remote, checkout.target(), hosts.file());
                }
                if (!checkout.keepGitDirectory()) {
                    removeGitDirectories(checkout.target());
                }
            }
        } catch (IOException failed) {
            throw new WorkerFault(
                    Kind.INTERNAL, "cannot check out " + url.shown() + ": " + failed.getMessage(), failed);
        }
    }

    private Path made() {
        try {
            return Files.createDirectories(directory);
        } catch (IOException failed) {
            throw new WorkerFault(Kind.INTERNAL, "cannot make " + directory + ": " + failed.getMessage(), failed);
        }
    }

    private static void fetch(GitRemote remote, String commit, Path repository, Path knownHosts)
            throws IOException, InterruptedException {
        GitUrl url = remote.url();
        if (!Files.exists(repository.resolve("HEAD"))) {
            Files.createDirectories(repository);
            command(repository).run("init", "--quiet", "--bare", ".");
        }
        GitCommand git = remote.command(repository, knownHosts);
        String keep = "refs/kept/" + commit;
        // what a look at a file answers need not be asked of a process
        if (Files.exists(repository.resolve(keep)) && present(git, commit)) {
            return;
        }
        // A fetch that was killed leaves its lock.
        Files.deleteIfExists(repository.resolve("shallow.lock"));
        GitCommand.Outcome exact = GitRemote.patiently(
                git, "fetch", "--quiet", "--no-tags", "--depth=1", "--", url.remote(), commit + ":" + keep);
        if (exact.succeeded() || present(git, commit)) {
            return;
        }
        // Servers that refuse to be asked for a commit: ask for the reference, at last for everything.
        if (!url.ref().isEmpty() && !url.namesCommit()) {
            git.attempt("fetch", "--quiet", "--no-tags", "--depth=1", "--", url.remote(), "+" + url.ref() + ":" + keep);
        }
        if (!present(git, commit)) {
            git.attempt("fetch", "--quiet", "--tags", "--", url.remote(), "+refs/heads/*:refs/remotes/origin/*");
        }
        if (!present(git, commit)) {
            throw remote.fault("fetch commit " + commit + " of", exact);
        }
    }

    private static boolean present(GitCommand git, String commit) throws InterruptedException {
        return git.attempt("cat-file", "-e", commit + "^{commit}").succeeded();
    }

    private static void export(GitUrl url, String commit, Path repository, Path target)
            throws IOException, InterruptedException {
        Path index = Files.createTempFile(repository, "index", "");
        Files.delete(index);
        try {
            GitCommand git = command(repository).with("core.bare=false").index(index);
            String tree = url.directory().isEmpty() ? commit : commit + ":" + url.directory();
            GitCommand.Outcome read =
                    git.attempt("--git-dir=" + repository, "--work-tree=" + target, "read-tree", "--reset", "-u", tree);
            if (!read.succeeded()) {
                String reason = url.directory().isEmpty()
                        ? " cannot be checked out: " + read.error().strip()
                        : " has no directory " + url.directory() + " in commit " + commit;
                throw new WorkerFault(Kind.NOT_FOUND, url.shown() + reason);
            }
        } finally {
            Files.deleteIfExists(index);
        }
    }

    private static void cloneTo(GitUrl url, String commit, Path repository, Path target) throws InterruptedException {
        command(repository).run("update-ref", "refs/kept/" + commit, commit);
        GitCommand git = command(target).locally().with("advice.detachedHead=false");
        git.run("init", "--quiet", ".");
        git.run("remote", "add", "origin", url.shown());
        git.run("fetch", "--quiet", "--no-tags", "--depth=1", "--", repository.toString(), "refs/kept/" + commit);
        git.run("checkout", "--quiet", "--force", "--detach", commit);
    }

    private static void modules(GitRemote remote, Path target, Path knownHosts) throws InterruptedException {
        GitCommand.Outcome updated = GitRemote.patiently(
                remote.command(target, knownHosts).with("safe.directory=*"),
                "submodule",
                "--quiet",
                "update",
                "--init",
                "--recursive",
                "--depth=1");
        if (!updated.succeeded()) {
            throw remote.fault("fetch the submodules of", updated);
        }
    }

    private static void removeGitDirectories(Path target) throws IOException {
        try (Stream<Path> all = Files.walk(target)) {
            for (Path found : all.filter(path -> path.getFileName().toString().equals(".git"))
                    .toList()) {
                remove(found);
            }
        }
    }

    private static void remove(Path top) throws IOException {
        try (Stream<Path> all = Files.walk(top)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static GitCommand command(Path directory) {
        return new GitCommand(directory);
    }
}
