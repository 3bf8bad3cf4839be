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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One call of git that can ask nobody anything, reads no configuration but the repository's, and runs no helper. */
final class GitCommand {
    private final Path directory;
    private final List<String> settings = new ArrayList<>();
    private final List<String> secrets = new ArrayList<>();
    private final Map<String, String> more = new HashMap<>();

    GitCommand(Path directory) {
        this.directory = directory;
    }

    /** One setting as git's -c takes it. */
    GitCommand with(String setting) {
        settings.add("-c");
        settings.add(setting);
        return this;
    }

    /** One setting that other processes of this machine do not get to see. */
    GitCommand secretly(String name, String value) {
        secrets.add(name);
        secrets.add(value);
        return this;
    }

    GitCommand index(Path file) {
        more.put("GIT_INDEX_FILE", file.toString());
        return this;
    }

    /** Lets it read repositories of this machine, which no remote may be. */
    GitCommand locally() {
        more.put("GIT_ALLOW_PROTOCOL", "file");
        return with("protocol.file.allow=always").with("safe.directory=*");
    }

    /**
     * How hosts of ssh are told apart and told who asks.
     *
     * @param strictly only the hosts of the file are believed; else a new one is remembered there
     */
    GitCommand ssh(Optional<Path> agent, Path knownHosts, boolean strictly) {
        more.put(
                "GIT_SSH_COMMAND",
                "ssh -F /dev/null -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=20"
                        + " -o UserKnownHostsFile='" + knownHosts + "' -o StrictHostKeyChecking="
                        + (strictly ? "yes -o GlobalKnownHostsFile=/dev/null" : "accept-new"));
        agent.ifPresent(socket -> more.put("SSH_AUTH_SOCK", socket.toString()));
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
        List<String> line = new ArrayList<>(List.of("git", "-c", "core.hooksPath=/dev/null"));
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
                "GIT_ALLOW_PROTOCOL", "https:http:ssh:git",
                "GIT_CONFIG_COUNT", Integer.toString(secrets.size() / 2),
                "HOME", directory.toString(),
                "LC_ALL", "C"));
        for (int i = 0; i < secrets.size(); i += 2) {
            environment.put("GIT_CONFIG_KEY_" + i / 2, secrets.get(i));
            environment.put("GIT_CONFIG_VALUE_" + i / 2, secrets.get(i + 1));
        }
        environment.putAll(more);
        try {
            return builder.start();
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot start git: install it for git sources", failed);
        }
    }
}
