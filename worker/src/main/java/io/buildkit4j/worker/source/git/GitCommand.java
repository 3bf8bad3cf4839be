package io.buildkit4j.worker.source.git;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.worker.WorkerFault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One call of git that can ask nobody anything, reads no configuration but the repository's, and runs no helper. */
final class GitCommand {
    private final Path directory;
    private final List<String> settings = new ArrayList<>();
    private String indexFile = "";

    GitCommand(Path directory) {
        this.directory = directory;
    }

    /** One setting as git's -c takes it. */
    GitCommand with(String setting) {
        settings.add("-c");
        settings.add(setting);
        return this;
    }

    GitCommand index(Path file) {
        indexFile = file.toString();
        return this;
    }

    /** What ended well, or not. */
    record Outcome(int code, String output, String error) {
        boolean succeeded() {
            return code == 0;
        }
    }

    /** The output of a call that must succeed. */
    String run(String... arguments) throws InterruptedException {
        Outcome outcome = attempt(arguments);
        if (!outcome.succeeded()) {
            throw new WorkerFault(
                    Kind.UNAVAILABLE,
                    "git " + arguments[0] + " failed: " + outcome.error().strip());
        }
        return outcome.output();
    }

    Outcome attempt(String... arguments) throws InterruptedException {
        Process git = start(arguments);
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream error = new ByteArrayOutputStream();
        Thread drain = Thread.ofPlatform().daemon().name("git-error").start(() -> copy(git.getErrorStream(), error));
        Thread read = Thread.ofPlatform().daemon().name("git-output").start(() -> copy(git.getInputStream(), output));
        try {
            int code = git.waitFor();
            drain.join();
            read.join();
            return new Outcome(code, output.toString(StandardCharsets.UTF_8), error.toString(StandardCharsets.UTF_8));
        } finally {
            // Fetching is done by children of git: they end when it does not read them any more, but are not waited
            // for.
            git.descendants().forEach(ProcessHandle::destroyForcibly);
            git.destroyForcibly();
        }
    }

    private static void copy(InputStream from, ByteArrayOutputStream to) {
        try (from) {
            from.transferTo(to);
        } catch (IOException ignored) {
            // The process was ended.
        }
    }

    private Process start(String... arguments) {
        List<String> line = new ArrayList<>(List.of("git"));
        line.addAll(settings);
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(directory.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        Map<String, String> environment = builder.environment();
        environment
                .keySet()
                .removeIf(name -> name.startsWith("GIT_") || name.startsWith("SSH_") || name.equals("HOME"));
        environment.putAll(Map.of(
                "GIT_TERMINAL_PROMPT", "0",
                "GIT_CONFIG_NOSYSTEM", "1",
                "GIT_CONFIG_GLOBAL", "/dev/null",
                "GIT_ALLOW_PROTOCOL", "https:http:ssh:git:file",
                "GIT_SSH_COMMAND", "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -F /dev/null",
                "HOME", directory.toString(),
                "LC_ALL", "C"));
        if (!indexFile.isEmpty()) {
            environment.put("GIT_INDEX_FILE", indexFile);
        }
        try {
            return builder.start();
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot start git: install it for git sources", failed);
        }
    }
}
