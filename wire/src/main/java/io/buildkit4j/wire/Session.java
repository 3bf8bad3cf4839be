package io.buildkit4j.wire;

import java.nio.channels.ByteChannel;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One connected client as the daemon sees it: what it offers can be asked for until it goes away. Safe for any thread. */
public interface Session {
    /** The id that builds name it by. */
    String id();

    /** Tells that two sessions' local directories are the same one's; may be empty. */
    String sharedKey();

    /** Whether the client serves this method, such as {@code /moby.filesync.v1.FileSync/DiffCopy}. */
    boolean offers(String method);

    /**
     * Receives a directory of the client (FileSync.DiffCopy).
     *
     * @throws WireFault NOT_FOUND when the client does not offer that name, INVALID_ARGUMENT for a bad pattern
     */
    void receive(DirectoryRequest request, FileReceiver receiver) throws InterruptedException;

    /** Sends a tree to the client's exporter (FileSend.DiffCopy with packets). */
    void send(SendTarget target, FileSource source) throws InterruptedException;

    /** Sends a stream to the client's exporter (FileSend.DiffCopy with bytes). Closing it completes the transfer; else it is to be abandoned. */
    ClientStream send(SendTarget target) throws InterruptedException;

    /**
     * One of the client's content stores: {@code export} for an image layout that it takes.
     *
     * @throws WireFault UNIMPLEMENTED when the client offers none; whether it has this one shows when it is used
     */
    default SessionContent content(String store) {
        throw new WireFault(
                io.buildkit4j.footing.Kind.UNIMPLEMENTED, "the client does not offer content store " + store);
    }

    /**
     * What the client offers once under a path of {@code http://buildkit-session}, such as a context on its standard input.
     *
     * @throws WireFault UNIMPLEMENTED when the client offers nothing
     */
    default java.io.InputStream upload(String path) throws InterruptedException {
        throw new WireFault(io.buildkit4j.footing.Kind.UNIMPLEMENTED, "the client does not offer uploads");
    }

    /** User name and secret for a registry host, when the client has any. */
    Optional<Credentials> credentials(String host) throws InterruptedException;

    /** A registry token that the client gets itself, so that its password stays with it; nothing when it gets none. */
    default Optional<String> token(TokenRequest request) throws InterruptedException {
        return Optional.empty();
    }

    /**
     * A secret of the client; nothing when it has none of that name or offers none at all. At most 500 KiB.
     *
     * @throws WireFault with what the client says when it cannot be had
     */
    Optional<byte[]> secret(String id) throws InterruptedException;

    /**
     * Whether the client has an ssh agent by this name, {@code default} for the usual one.
     *
     * @throws WireFault with what the client says when it has, but the agent cannot be used
     */
    boolean hasAgent(String id) throws InterruptedException;

    /** Carries bytes between the connection and the client's agent until one of them ends; closes the connection. */
    void relayAgent(String id, ByteChannel connection) throws InterruptedException;

    /** Interrupts the calls that are waiting when the client has gone; true until then. */
    boolean alive();

    /**
     * A directory of the client.
     *
     * @param name as the client offers it
     * @param follow paths whose links are followed, so that their targets come too
     * @param changedSince files whose inodes were changed then or later are to be marked ({@link ChangeMarks}); nanoseconds of
     *     the client's clock, absent when it is not to mark any
     */
    record DirectoryRequest(
            String name, List<String> include, List<String> exclude, List<String> follow, OptionalLong changedSince) {
        /** Without marks. */
        public DirectoryRequest(String name, List<String> include, List<String> exclude, List<String> follow) {
            this(name, include, exclude, follow, OptionalLong.empty());
        }

        /** The same, with marks. */
        public DirectoryRequest since(long nanoseconds) {
            return new DirectoryRequest(name, include, exclude, follow, OptionalLong.of(nanoseconds));
        }
    }

    /**
     * Where at the client something goes.
     *
     * @param exporterId of the client's output, as text of its index
     * @param metadata response keys that go with it, each as a request header {@code exporter-md-KEY}
     */
    record SendTarget(String exporterId, java.util.Map<String, String> metadata) {}

    /**
     * What a token is for.
     *
     * @param realm where it is to be got
     * @param service as the registry calls itself; may be empty
     */
    record TokenRequest(String host, String realm, String service, List<String> scopes) {
        /** Scopes are copied. */
        public TokenRequest {
            scopes = List.copyOf(scopes);
        }
    }

    /** What a registry is told. The user name is empty for a bare token. */
    record Credentials(String user, String secret) {}
}
