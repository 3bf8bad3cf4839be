package io.buildkit4j.worker.source.git;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.worker.WorkerFault;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** A place that git asks over the network, and as whom. */
public record GitRemote(GitUrl url, GitLogin login) {
    private static final int ATTEMPTS = 4;
    private static final long PAUSE = 100;

    private static final Pattern PASSING = Pattern.compile(
            "could not resolve|timed out|timeout|returned error: (5..|429)|early eof|rpc failed|connection reset"
                    + "|unexpected disconnect|hung up unexpectedly|broken pipe|empty reply");
    private static final Pattern UNKNOWN_CALLER = Pattern.compile(
            "authentication failed|could not read (username|password)|permission denied|returned error: 40[13]"
                    + "|invalid username or");
    private static final Pattern UNKNOWN_HOST = Pattern.compile("host key verification failed|no .* host key is known");

    /** Git in this directory, able to talk to the remote. */
    GitCommand command(Path directory, Path knownHosts) {
        GitCommand git = new GitCommand(directory)
                .with("protocol.version=2")
                .with("maintenance.auto=false")
                .with("http.lowSpeedLimit=100")
                .with("http.lowSpeedTime=60");
        login.authorization().ifPresent(value -> {
            // A header stays on when a remote redirects, so that another host would get to see it.
            git.with("http.followRedirects=false");
            git.secretly("http." + url.origin() + "/.extraHeader", "Authorization: " + value);
        });
        git.ssh(login.agent(), knownHosts, !login.knownHosts().isEmpty());
        return git;
    }

    /** Calls again what may go better the next time, after longer and longer pauses. */
    static GitCommand.Outcome patiently(GitCommand git, String... arguments) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            GitCommand.Outcome outcome = git.attempt(arguments);
            if (outcome.succeeded()
                    || attempt == ATTEMPTS
                    || !said(outcome, PASSING)
                    || said(outcome, UNKNOWN_CALLER)) {
                return outcome;
            }
            Thread.sleep(PAUSE << (2 * (attempt - 1)));
        }
    }

    private static boolean said(GitCommand.Outcome outcome, Pattern pattern) {
        return pattern.matcher(outcome.error().toLowerCase(Locale.ROOT)).find();
    }

    /** What went wrong, in words that help. */
    WorkerFault fault(String what, GitCommand.Outcome outcome) {
        String said = String.join("; ", outcome.error().strip().lines().toList());
        String message = "cannot " + what + " " + url.shown() + ": " + said;
        if (said(outcome, UNKNOWN_HOST)) {
            return new WorkerFault(
                    Kind.PERMISSION_DENIED,
                    message + ": its host key is not the one that is known (git.knownsshhosts)");
        }
        if (said(outcome, UNKNOWN_CALLER)) {
            return new WorkerFault(Kind.UNAUTHENTICATED, message + ": " + remedy());
        }
        if (outcome.error().contains("returned error: 30")) {
            return new WorkerFault(
                    Kind.PERMISSION_DENIED,
                    message
                            + ": it redirects, and credentials are not taken elsewhere; name the place it redirects to");
        }
        return new WorkerFault(Kind.UNAVAILABLE, message);
    }

    private String remedy() {
        if (url.isSsh()) {
            return "give an agent with a key for it with --ssh default";
        }
        return login.authorization().isPresent()
                ? "the secret that was given does not let in"
                : "it may not exist, or it needs a token: --secret id=GIT_AUTH_TOKEN,env=VARIABLE";
    }

    /** Secrets that may hold what lets in, the most particular first. */
    public static List<String> secrets(GitUrl url, String name) {
        return name.isEmpty() || url.host().isEmpty() ? List.of() : List.of(name + "." + url.host(), name);
    }
}
