package io.buildkit4j.bench.source;

import io.buildkit4j.worker.source.git.GitLogin;
import io.buildkit4j.worker.source.git.GitRemote;
import io.buildkit4j.worker.source.git.GitRepositories;
import io.buildkit4j.worker.source.git.GitUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** How long a git source takes: the first commit of a repository of 2,000, served by git on this machine, and later ones. */
public final class GitSource {
    private static final int COMMITS = 2_000;
    private static final int ROUNDS = 9;

    private GitSource() {}

    /** Takes a directory to work in. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(Path.of(arguments.length > 0 ? arguments[0] : "/tmp"), "git-bench");
        Path upstream = Files.createDirectory(folder.resolve("upstream"));
        history(upstream);
        int port = freePort();
        Process daemon = serve(folder, port);
        try {
            Thread.sleep(500);
            GitRepositories repositories = new GitRepositories(folder.resolve("state"));
            GitRemote remote =
                    new GitRemote(GitUrl.parse("", "git://127.0.0.1:" + port + "/upstream#main"), GitLogin.NONE);
            System.out.printf(Locale.ROOT, "first commit:  %.3f s%n", take(repositories, remote, folder, 0));
            List<Double> later = new ArrayList<>();
            for (int i = 1; i <= ROUNDS; i++) {
                commit(upstream, i);
                later.add(take(repositories, remote, folder, i));
            }
            Collections.sort(later);
            System.out.printf(
                    Locale.ROOT,
                    "later commits: %.3f s (%.3f to %.3f)%n",
                    later.get(ROUNDS / 2),
                    later.getFirst(),
                    later.getLast());
        } finally {
            daemon.descendants().forEach(ProcessHandle::destroy);
            daemon.destroy();
            run(Path.of("/"), "", "rm", "-rf", folder.toString());
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static Process serve(Path folder, int port) throws IOException {
        return new ProcessBuilder(
                        "git",
                        "daemon",
                        "--export-all",
                        "--listen=127.0.0.1",
                        "--port=" + port,
                        "--base-path=" + folder,
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static double take(GitRepositories repositories, GitRemote remote, Path folder, int round)
            throws IOException, InterruptedException {
        Path target = Files.createDirectory(folder.resolve("target" + round));
        long begun = System.nanoTime();
        repositories.checkout(remote, repositories.resolve(remote), new GitRepositories.Checkout(target, false, true));
        return (System.nanoTime() - begun) / 1e9;
    }

    /** Each commit changes one of 200 files of 2 KB. */
    private static void history(Path upstream) throws IOException, InterruptedException {
        run(upstream, "", "git", "init", "--quiet", "--initial-branch=main", ".");
        StringBuilder stream = new StringBuilder();
        for (int i = 0; i < COMMITS; i++) {
            String content = ("line " + i + "\n").repeat(200);
            stream.append("commit refs/heads/main\ncommitter B <b@localhost> ")
                    .append(1_700_000_000 + i)
                    .append(" +0000\ndata 1\nc\nM 644 inline d")
                    .append(i % 20)
                    .append("/f")
                    .append(i % 200)
                    .append("\ndata ")
                    .append(content.length())
                    .append('\n')
                    .append(content)
                    .append('\n');
        }
        run(upstream, stream.toString(), "git", "fast-import", "--quiet");
        run(upstream, "", "git", "reset", "--quiet", "--hard", "main");
    }

    private static void commit(Path upstream, int round) throws IOException, InterruptedException {
        Files.writeString(upstream.resolve("d0/f0"), "round " + round + "\n");
        run(
                upstream,
                "",
                "git",
                "-c",
                "user.name=B",
                "-c",
                "user.email=b@localhost",
                "commit",
                "-qam",
                "round " + round);
    }

    private static void run(Path directory, String input, String... line) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(line)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", line) + " failed");
        }
    }
}
