package io.buildkit4j.wire;

import com.google.protobuf.Empty;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.proto.containerd.introspection.IntrospectionGrpc;
import io.buildkit4j.wire.proto.containerd.version.VersionGrpc;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A containerd, and one of its namespaces. It may go and come back: calls fail while it is away, and the next one after it is
 * back succeeds. Numbers and names of its services are those of containerd's API, version 1, which 1.6 to 2.x serve.
 */
public final class Containerd implements AutoCloseable {
    private static final String NAMESPACE = "containerd-namespace";
    private static final String LEASE = "containerd-lease";

    /** How long it may take to say its version: something else may listen there. */
    private static final long PATIENCE = 10;

    private final Connection connection;
    private final String namespace;
    private final Channel channel;

    private Containerd(Connection connection, String namespace) {
        this.connection = connection;
        this.namespace = namespace;
        this.channel = with(connection.channel(), NAMESPACE, namespace);
    }

    /**
     * Connects, and sees that it is a containerd that answers.
     *
     * @throws WireFault UNAVAILABLE naming the address when it does not
     */
    public static Containerd open(Address address, String namespace) throws InterruptedException {
        Connection connection;
        try {
            connection = Connection.open(address);
        } catch (WireFault refused) {
            String reason = refused.getCause() == null
                    ? "no answer"
                    : String.valueOf(refused.getCause().getMessage());
            throw away(address, reason, refused);
        }
        Containerd containerd = new Containerd(connection, namespace);
        boolean answers = false;
        try {
            containerd.version();
            answers = true;
            return containerd;
        } finally {
            if (!answers) {
                containerd.close();
            }
        }
    }

    private static WireFault away(Address address, String reason, Throwable cause) {
        return new WireFault(
                Kind.UNAVAILABLE,
                "cannot reach containerd at " + address + ": " + reason
                        + "; is it running, and may this user open its socket?",
                cause);
    }

    private static Channel with(Channel channel, String header, String value) {
        Metadata headers = new Metadata();
        SessionHeaders.put(headers, header, List.of(value));
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    /** Such as {@code 1.6.20}. */
    public String version() throws InterruptedException {
        return ask(() -> VersionGrpc.newBlockingV2Stub(channel)
                        .withDeadlineAfter(PATIENCE, TimeUnit.SECONDS)
                        .version(Empty.getDefaultInstance()))
                .getVersion();
    }

    /** What it calls itself, the same after a restart. */
    public String uuid() throws InterruptedException {
        return ask(() -> IntrospectionGrpc.newBlockingV2Stub(channel).server(Empty.getDefaultInstance()))
                .getUuid();
    }

    /** Where it listens. */
    public Address address() {
        return connection.address();
    }

    /** The namespace that everything here happens in. */
    public String namespace() {
        return namespace;
    }

    /** Containers and what runs in them. */
    public ContainerdTasks tasks() {
        return new ContainerdTasks(this);
    }

    /**
     * Images, and what they are made of. What is done through the answer stays at least until that is closed, and for an hour
     * at most when nobody closes it.
     */
    public ContainerdImages images() throws InterruptedException {
        return ContainerdImages.open(this);
    }

    /** For stubs; all calls bear the namespace. */
    Channel channel() {
        return channel;
    }

    /** The same for calls whose outcome a lease keeps. */
    Channel channel(String lease) {
        return with(channel, LEASE, lease);
    }

    /** As {@link Calls#ask}; says who it is that does not answer. */
    <T> T ask(Calls.Request<T> request) throws InterruptedException {
        connection.catchUp();
        try {
            return Calls.ask(request);
        } catch (WireFault fault) {
            if (fault.kind() == Kind.UNAVAILABLE || fault.kind() == Kind.DEADLINE_EXCEEDED) {
                throw away(address(), String.valueOf(fault.getMessage()), fault);
            }
            throw fault;
        }
    }

    /** Asks for something to end or go, which it may have done already. */
    void unlessGone(Calls.Request<?> request) throws InterruptedException {
        try {
            ask(request);
        } catch (WireFault fault) {
            if (fault.kind() != Kind.NOT_FOUND) {
                throw fault;
            }
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
