package io.buildkit4j.worker.source.git;

import io.buildkit4j.image.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;

/**
 * How a remote is told who asks. None of it is written to disk or to a command line.
 *
 * @param authorization value of the HTTP header of that name
 * @param agent socket of an ssh agent
 * @param knownHosts the only host keys that are believed, as known_hosts has them (sshd(8)); empty for those that this
 *     daemon has met before
 */
public record GitLogin(Optional<String> authorization, Optional<Path> agent, String knownHosts) {
    /** Nobody. */
    public static final GitLogin NONE = new GitLogin(Optional.empty(), Optional.empty(), "");

    /** The header that the large hosts take a token in. */
    public static String token(byte[] token) {
        byte[] pair = ("x-access-token:" + text(token)).getBytes(StandardCharsets.UTF_8);
        return "basic " + Base64.getEncoder().encodeToString(pair);
    }

    /** The text of a secret, without the line end that editors leave. */
    public static String text(byte[] secret) {
        return new String(secret, StandardCharsets.UTF_8).strip();
    }

    /** Tells those apart that a remote may show different things; says nothing of the secret. */
    String identity() {
        return authorization.map(value -> Digest.ofText("login " + value).hex()).orElse("")
                + (agent.isPresent() ? " by agent" : "");
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "login" + (authorization.isPresent() ? " by header" : "") + (agent.isPresent() ? " by agent" : "");
    }
}
