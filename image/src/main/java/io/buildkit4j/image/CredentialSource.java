package io.buildkit4j.image;

import java.util.Optional;

/** Who knows what to tell a registry: the client of a build, a file, nobody. Asked only when the registry demands it. */
@FunctionalInterface
public interface CredentialSource {
    /** Nobody: everything is done anonymously. */
    CredentialSource ANONYMOUS = host -> Optional.empty();

    /** What to tell this host (with its port; {@code registry-1.docker.io} for Docker Hub), if anything is known. */
    Optional<Credentials> credentials(String host) throws InterruptedException;

    /**
     * A token from who would rather get it than tell a password; nothing when this one gives none. Not asked without a
     * registry's demand.
     */
    default Optional<String> token(TokenQuestion question) throws InterruptedException {
        return Optional.empty();
    }

    /**
     * What a token is for, as the registry demands it.
     *
     * @param host as in {@link #credentials}
     * @param realm where tokens are given
     * @param service empty when the registry names none
     * @param scope such as {@code repository:library/alpine:pull}
     */
    record TokenQuestion(String host, String realm, String service, String scope) {}

    /** A user's name and password. With an empty name the secret is an identity token that is exchanged for others. */
    record Credentials(String user, String secret) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "credentials of \"" + user + "\"";
        }
    }
}
