package io.buildkit4j.wire;

import io.buildkit4j.wire.Session.Credentials;
import io.buildkit4j.wire.Session.DirectoryRequest;
import io.buildkit4j.wire.Session.SendTarget;
import io.buildkit4j.wire.Session.TokenRequest;
import java.nio.channels.ByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a client serves in its session; what is absent is not offered at all.
 *
 * @param name shown to people, usually that of the client's directory
 * @param sharedKey tells that two sessions' directories are the same; may be empty
 */
public record SessionOffer(
        String name,
        String sharedKey,
        Optional<Directories> directories,
        Optional<Targets> targets,
        Optional<Logins> logins,
        Optional<Secrets> secrets,
        Optional<Agents> agents,
        Optional<Stores> stores) {
    /** Local directories by name. */
    @FunctionalInterface
    public interface Directories {
        /**
         * The wanted part of a directory.
         *
         * @throws WireFault NOT_FOUND when it is not offered
         */
        FileSource open(DirectoryRequest request);
    }

    /** Places for results. */
    @FunctionalInterface
    public interface Targets {
        /**
         * The place for one result.
         *
         * @throws WireFault NOT_FOUND when nothing is expected under that id
         */
        FileTarget open(SendTarget target);
    }

    /** What registries are told. */
    @FunctionalInterface
    public interface Logins {
        /** For a registry host; empty when nothing is known. */
        Optional<Credentials> credentials(String host) throws InterruptedException;

        /** Who gets tokens, so that passwords stay here; nobody when passwords are told instead. */
        default Optional<Tokens> tokens() {
            return Optional.empty();
        }
    }

    /** Gets tokens of registries, and proves that it is the same as in another session. Failures are told as they are. */
    public interface Tokens {
        /** A token. */
        Token fetch(TokenRequest request) throws InterruptedException;

        /** The public key (Ed25519, 32 bytes) for a host and a daemon's salt. */
        byte[] authority(String host, byte[] salt) throws InterruptedException;

        /** A payload with its signature (64 bytes) before it, by that key. */
        byte[] signed(String host, byte[] salt, byte[] payload) throws InterruptedException;
    }

    /**
     * What registries are shown.
     *
     * @param seconds how long it is good for
     * @param issued seconds since 1970; 0 when the registry does not say
     */
    public record Token(String text, long seconds, long issued) {
        /** Without the text. */
        @Override
        public String toString() {
            return "token for " + seconds + " seconds";
        }
    }

    /** The user's secrets. */
    @FunctionalInterface
    public interface Secrets {
        /** By name; empty when there is none. At most 500 KiB. */
        Optional<byte[]> secret(String id) throws InterruptedException;
    }

    /** The user's ssh agents. */
    @FunctionalInterface
    public interface Agents {
        /**
         * A connection to one.
         *
         * @throws WireFault NOT_FOUND when there is none of that name
         */
        ByteChannel open(String id) throws InterruptedException;
    }

    /** Stores of content by name. */
    @FunctionalInterface
    public interface Stores {
        /**
         * The store of this name.
         *
         * @throws WireFault NOT_FOUND when there is none
         */
        SessionContent open(String name);
    }

    List<String> methods() {
        List<String> methods = new ArrayList<>();
        methods.add("/grpc.health.v1.Health/Check");
        methods.add("/grpc.health.v1.Health/Watch");
        directories.ifPresent(offered -> methods.add("/moby.filesync.v1.FileSync/DiffCopy"));
        targets.ifPresent(offered -> methods.add("/moby.filesync.v1.FileSend/DiffCopy"));
        logins.ifPresent(offered -> methods.add("/moby.filesync.v1.Auth/Credentials"));
        logins.flatMap(Logins::tokens).ifPresent(offered -> {
            for (String method : List.of("FetchToken", "GetTokenAuthority", "VerifyTokenAuthority")) {
                methods.add("/moby.filesync.v1.Auth/" + method);
            }
        });
        secrets.ifPresent(offered -> methods.add("/moby.buildkit.secrets.v1.Secrets/GetSecret"));
        agents.ifPresent(offered -> {
            methods.add("/moby.sshforward.v1.SSH/CheckAgent");
            methods.add("/moby.sshforward.v1.SSH/ForwardAgent");
        });
        stores.ifPresent(offered -> {
            for (String method : List.of("Info", "Read", "Write")) {
                methods.add("/containerd.services.content.v1.Content/" + method);
            }
        });
        return methods;
    }
}
