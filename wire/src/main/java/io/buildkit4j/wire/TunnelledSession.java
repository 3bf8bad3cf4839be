package io.buildkit4j.wire;

import com.google.protobuf.ByteString;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.proto.auth.AuthGrpc;
import io.buildkit4j.wire.proto.auth.CredentialsRequest;
import io.buildkit4j.wire.proto.auth.CredentialsResponse;
import io.buildkit4j.wire.proto.auth.FetchTokenRequest;
import io.buildkit4j.wire.proto.auth.GetTokenAuthorityRequest;
import io.buildkit4j.wire.proto.control.BytesMessage;
import io.buildkit4j.wire.proto.filesync.FileSendGrpc;
import io.buildkit4j.wire.proto.filesync.FileSyncGrpc;
import io.buildkit4j.wire.proto.fsutil.Packet;
import io.buildkit4j.wire.proto.secrets.GetSecretRequest;
import io.buildkit4j.wire.proto.secrets.SecretsGrpc;
import io.buildkit4j.wire.proto.ssh.CheckAgentRequest;
import io.buildkit4j.wire.proto.ssh.SSHGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** A client's session: HTTP/2 through the call that the client made, in which the daemon is the one that asks. */
final class TunnelledSession implements Session, AutoCloseable {
    /** Transfers at a time: what a stalled one holds in memory is bounded, and so must be their number. */
    private static final int TRANSFERS = 32;

    private static final int WINDOW = 256 << 10;

    /** How long a client may think about a small question: it may ask its user. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Who connected, and what methods they say they serve. */
    record Peer(String id, String sharedKey, List<String> methods) {}

    private final Peer peer;
    private final Set<String> methods;
    private final Duplex<BytesMessage, BytesMessage> tunnel;
    private final ManagedChannel channel;
    private final Semaphore transfers = new Semaphore(TRANSFERS);
    private final AtomicBoolean alive = new AtomicBoolean(true);

    TunnelledSession(Peer peer, Duplex<BytesMessage, BytesMessage> tunnel, ExecutorService threads) {
        this.peer = peer;
        this.tunnel = tunnel;
        methods = peer.methods.stream().map(TunnelledSession::folded).collect(Collectors.toUnmodifiableSet());
        channel = OkHttpChannelBuilder.forAddress("127.0.0.1", 1)
                .usePlaintext()
                .overrideAuthority("localhost")
                .socketFactory(new OneSocket(Tunnel.socket(tunnel)))
                .proxyDetector(target -> null)
                .disableServiceConfigLookUp()
                .disableRetry()
                .idleTimeout(365, TimeUnit.DAYS)
                .transportExecutor(threads)
                .executor(threads)
                .offloadExecutor(threads)
                .flowControlWindow(WINDOW)
                .maxInboundMessageSize(Connection.MESSAGE_LIMIT)
                .maxInboundMetadataSize(Connection.HEADER_LIMIT)
                .build();
        channel.getState(true); // a client drops a peer that says nothing for ten seconds
    }

    private static String folded(String method) {
        return method.toLowerCase(Locale.ROOT);
    }

    /** Blocks until the client goes: two checks in a row that fail, or the end of the tunnel. */
    void watch() throws InterruptedException {
        new SessionWatch(channel, tunnel).run();
    }

    @Override
    public String id() {
        return peer.id;
    }

    @Override
    public String sharedKey() {
        return peer.sharedKey;
    }

    @Override
    public boolean offers(String method) {
        return methods.contains(folded(method));
    }

    @Override
    public boolean alive() {
        return alive.get();
    }

    private void require(String method, String what) {
        if (!offers(method)) {
            throw new WireFault(Kind.UNIMPLEMENTED, "the client does not offer " + what);
        }
    }

    @Override
    public void receive(DirectoryRequest request, FileReceiver receiver) throws InterruptedException {
        require("/moby.filesync.v1.FileSync/DiffCopy", "local directories");
        Metadata headers = new Metadata();
        SessionHeaders.put(headers, SessionHeaders.DIRECTORY, List.of(request.name()));
        SessionHeaders.put(headers, SessionHeaders.INCLUDE, request.include());
        SessionHeaders.put(headers, SessionHeaders.EXCLUDE, request.exclude());
        SessionHeaders.put(headers, SessionHeaders.FOLLOW, request.follow());
        request.changedSince()
                .ifPresent(time -> headers.put(SessionHeaders.key(ChangeMarks.HEADER), Long.toString(time)));
        transfers.acquire();
        try (Duplex<Packet, Packet> call =
                Duplex.call(channel, FileSyncGrpc.getDiffCopyMethod(), headers, PacketReceiver::weigh)) {
            new PacketReceiver(PacketCall.of(call), receiver).run();
            call.complete();
            call.drain();
        } finally {
            transfers.release();
        }
    }

    @Override
    public void send(SendTarget target, FileSource source) throws InterruptedException {
        require("/moby.filesync.v1.FileSend/DiffCopy", "a place for files");
        transfers.acquire();
        try (Duplex<byte[], byte[]> call =
                Duplex.call(channel, RawMessages.FILE_SEND, headers(target), message -> 64 + message.length)) {
            new PacketSender(PacketCall.raw(call), source).run();
            call.complete();
            call.drain();
        } finally {
            transfers.release();
        }
    }

    @Override
    public ClientStream send(SendTarget target) {
        require("/moby.filesync.v1.FileSend/DiffCopy", "a place for files");
        return new SendStream(Duplex.call(
                channel,
                FileSendGrpc.getDiffCopyMethod(),
                headers(target),
                message -> message.getData().size()));
    }

    @Override
    public SessionContent content(String store) {
        require("/containerd.services.content.v1.Content/Write", "content stores");
        return new RemoteContent(channel, store);
    }

    @Override
    public java.io.InputStream upload(String path) {
        require("/moby.upload.v1.Upload/Pull", "uploads");
        return UploadStream.of(channel, path);
    }

    private static Metadata headers(SendTarget target) {
        Metadata headers = new Metadata();
        if (!target.exporterId().isEmpty()) {
            SessionHeaders.put(headers, SessionHeaders.EXPORTER, List.of(target.exporterId()));
        }
        target.metadata()
                .forEach((key, value) -> SessionHeaders.put(
                        headers, SessionHeaders.EXPORTER_METADATA + key.toLowerCase(Locale.ROOT), List.of(value)));
        return headers;
    }

    @Override
    public Optional<Credentials> credentials(String host) throws InterruptedException {
        if (!offers("/moby.filesync.v1.Auth/Credentials")) {
            return Optional.empty();
        }
        CredentialsRequest request =
                CredentialsRequest.newBuilder().setHost(host).build();
        CredentialsResponse response = Calls.ask(() ->
                AuthGrpc.newBlockingV2Stub(channel).withDeadlineAfter(PATIENCE).credentials(request));
        boolean none = response.getUsername().isEmpty() && response.getSecret().isEmpty();
        return none ? Optional.empty() : Optional.of(new Credentials(response.getUsername(), response.getSecret()));
    }

    /** Clients that would rather tell their password, or know none, have no authority. */
    @Override
    public Optional<String> token(TokenRequest request) throws InterruptedException {
        if (!offers("/moby.filesync.v1.Auth/GetTokenAuthority") || !offers("/moby.filesync.v1.Auth/FetchToken")) {
            return Optional.empty();
        }
        GetTokenAuthorityRequest authority = GetTokenAuthorityRequest.newBuilder()
                .setHost(request.host())
                .setSalt(ByteString.copyFromUtf8(peer.id))
                .build();
        FetchTokenRequest fetch = FetchTokenRequest.newBuilder()
                .setClientID("buildkit4j")
                .setHost(request.host())
                .setRealm(request.realm())
                .setService(request.service())
                .addAllScopes(request.scopes())
                .build();
        try {
            boolean none = Calls.ask(() -> AuthGrpc.newBlockingV2Stub(channel)
                            .withDeadlineAfter(PATIENCE)
                            .getTokenAuthority(authority))
                    .getPublicKey()
                    .isEmpty();
            return none
                    ? Optional.empty()
                    : Optional.of(Calls.ask(() -> AuthGrpc.newBlockingV2Stub(channel)
                                    .withDeadlineAfter(PATIENCE)
                                    .fetchToken(fetch))
                            .getToken());
        } catch (WireFault declined) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<byte[]> secret(String id) throws InterruptedException {
        if (!offers("/moby.buildkit.secrets.v1.Secrets/GetSecret")) {
            return Optional.empty();
        }
        GetSecretRequest request = GetSecretRequest.newBuilder().setID(id).build();
        try {
            return Optional.of(Calls.ask(() -> SecretsGrpc.newBlockingV2Stub(channel)
                            .withDeadlineAfter(PATIENCE)
                            .getSecret(request))
                    .getData()
                    .toByteArray());
        } catch (WireFault failed) {
            if (failed.kind() == Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw failed;
        }
    }

    @Override
    public boolean hasAgent(String id) throws InterruptedException {
        if (!offers("/moby.sshforward.v1.SSH/ForwardAgent")) {
            return false;
        }
        CheckAgentRequest request = CheckAgentRequest.newBuilder().setID(id).build();
        Calls.ask(() ->
                SSHGrpc.newBlockingV2Stub(channel).withDeadlineAfter(PATIENCE).checkAgent(request));
        return true;
    }

    @Override
    public void relayAgent(String id, ByteChannel connection) throws InterruptedException {
        require("/moby.sshforward.v1.SSH/ForwardAgent", "an ssh agent");
        Metadata headers = new Metadata();
        SessionHeaders.put(headers, SessionHeaders.AGENT, List.of(id));
        try (Duplex<io.buildkit4j.wire.proto.ssh.BytesMessage, io.buildkit4j.wire.proto.ssh.BytesMessage> call =
                Duplex.call(channel, SSHGrpc.getForwardAgentMethod(), headers, AgentRelay::weigh)) {
            new AgentRelay(call, connection).run();
        }
    }

    /** Ends the calls that are under way. */
    @Override
    public void close() {
        alive.set(false);
        channel.shutdownNow();
        tunnel.complete();
        tunnel.close();
    }
}
