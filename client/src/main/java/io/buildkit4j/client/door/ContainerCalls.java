package io.buildkit4j.client.door;

import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.ContainerRequest;
import io.buildkit4j.client.GatewayContainer;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.FileStat;
import io.buildkit4j.wire.StatCodec;
import io.buildkit4j.wire.proto.gateway.InitMessage;
import io.buildkit4j.wire.proto.gateway.LLBBridgeGrpc;
import io.buildkit4j.wire.proto.gateway.NewContainerRequest;
import io.buildkit4j.wire.proto.gateway.ReadDirRequest;
import io.buildkit4j.wire.proto.gateway.ReadFileRequest;
import io.buildkit4j.wire.proto.gateway.ReleaseContainerRequest;
import io.buildkit4j.wire.proto.ops.Meta;
import io.buildkit4j.wire.proto.ops.Mount;
import io.buildkit4j.wire.proto.ops.NetMode;
import io.buildkit4j.wire.proto.ops.SecretEnv;
import io.grpc.Channel;
import java.util.List;
import java.util.Optional;

/** One container as calls of {@code LLBBridge}; each of its processes has a call of its own. */
final class ContainerCalls implements GatewayContainer {
    private final Channel channel;
    private final LLBBridgeGrpc.LLBBridgeBlockingV2Stub bridge;
    private final String id;

    private ContainerCalls(Channel channel, String id) {
        this.channel = channel;
        this.bridge = LLBBridgeGrpc.newBlockingV2Stub(channel);
        this.id = id;
    }

    static ContainerCalls open(Channel channel, ContainerRequest request) throws InterruptedException {
        ContainerCalls container = new ContainerCalls(channel, Solving.newReference());
        NewContainerRequest.Builder message = NewContainerRequest.newBuilder()
                .setContainerID(container.id)
                .setHostname(request.hostname())
                .setNetwork(request.network() ? NetMode.UNSET : NetMode.NONE);
        for (ContainerRequest.Mount mount : request.mounts()) {
            message.addMounts(Mount.newBuilder()
                    .setDest(mount.path())
                    .setReadonly(mount.readOnly())
                    .setResultID(mount.tree().id()));
        }
        Faults.ask(() -> container.bridge.newContainer(message.build()));
        return container;
    }

    @Override
    public ContainerProcess start(Command command, Output output) throws InterruptedException {
        InitMessage.Builder init = InitMessage.newBuilder()
                .setContainerID(id)
                .setTty(command.terminal())
                .setMeta(Meta.newBuilder()
                        .addAllArgs(command.arguments())
                        .addAllEnv(command.environment())
                        .setCwd(command.directory())
                        .setUser(command.user()))
                .addAllFds(command.terminal() ? List.of(0, 1) : List.of(0, 1, 2));
        command.secrets()
                .forEach((name, secret) ->
                        init.addSecretenv(SecretEnv.newBuilder().setName(name).setID(secret.id())));
        return ProcessConversation.start(channel, init.build(), output);
    }

    @Override
    public Optional<byte[]> read(int mount, String path) throws InterruptedException {
        try {
            return Optional.of(Faults.ask(() -> bridge.readFileContainer(ReadFileRequest.newBuilder()
                            .setRef(id)
                            .setFilePath(path)
                            .setMountIndex(mount)
                            .build()))
                    .getData()
                    .toByteArray());
        } catch (ClientFault failed) {
            if (failed.kind() != Kind.NOT_FOUND) {
                throw failed;
            }
            return Optional.empty();
        }
    }

    @Override
    public List<FileStat> list(int mount, String path) throws InterruptedException {
        return Faults.ask(() -> bridge.readDirContainer(ReadDirRequest.newBuilder()
                        .setRef(id)
                        .setDirPath(path)
                        .setMountIndex(mount)
                        .build()))
                .getEntriesList()
                .stream()
                .map(StatCodec::decode)
                .toList();
    }

    @Override
    @SuppressWarnings(
            "InterruptedExceptionSwallowed") // the thread stays interrupted, and the daemon ends it with the build
    public void close() {
        try {
            Faults.ask(() -> bridge.releaseContainer(
                    ReleaseContainerRequest.newBuilder().setContainerID(id).build()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (ClientFault gone) {
            // it is gone already
        }
    }
}
