package io.buildkit4j.client.door;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.buildkit4j.client.BuildFrontend;
import io.buildkit4j.client.BuiltTree;
import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.ContainerRequest;
import io.buildkit4j.client.FrontendAnswer;
import io.buildkit4j.client.FrontendGateway;
import io.buildkit4j.client.GatewayContainer;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.wire.FileStat;
import io.buildkit4j.wire.StatCodec;
import io.buildkit4j.wire.WireFault;
import io.buildkit4j.wire.WireStatus;
import io.buildkit4j.wire.proto.gateway.EvaluateRequest;
import io.buildkit4j.wire.proto.gateway.InputsRequest;
import io.buildkit4j.wire.proto.gateway.LLBBridgeGrpc;
import io.buildkit4j.wire.proto.gateway.PingRequest;
import io.buildkit4j.wire.proto.gateway.ReadDirRequest;
import io.buildkit4j.wire.proto.gateway.ReadFileRequest;
import io.buildkit4j.wire.proto.gateway.ResolveImageConfigRequest;
import io.buildkit4j.wire.proto.gateway.ReturnRequest;
import io.buildkit4j.wire.proto.gateway.SolveRequest;
import io.buildkit4j.wire.proto.gateway.StatFileRequest;
import io.buildkit4j.wire.proto.gateway.WarnRequest;
import io.grpc.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A daemon's gateway as its frontend sees it: calls of {@code LLBBridge} on a channel that leads to one build. */
final class GatewayCalls implements FrontendGateway {
    private final Channel channel;
    private final LLBBridgeGrpc.LLBBridgeBlockingV2Stub bridge;
    private final Map<String, String> options;

    GatewayCalls(Channel channel, Map<String, String> options) {
        this.channel = channel;
        this.bridge = LLBBridgeGrpc.newBlockingV2Stub(channel);
        this.options = Map.copyOf(options);
    }

    /**
     * Runs a frontend and returns what it answers, or why it cannot.
     *
     * @throws ClientFault when the daemon does not take the answer
     */
    void serve(BuildFrontend frontend) throws InterruptedException {
        ReturnRequest.Builder last = ReturnRequest.newBuilder();
        try {
            last.setResult(AnswerMessages.message(frontend.build(this)));
        } catch (WireFault failed) {
            last.setError(WireStatus.message(failed, failed.details()));
        } catch (Fault failed) {
            List<io.buildkit4j.wire.FaultDetail> details =
                    failed.getCause() instanceof WireFault told ? told.details() : List.of();
            last.setError(WireStatus.message(failed, details));
        } catch (RuntimeException defect) {
            last.setError(WireStatus.message(
                    new ClientFault(Kind.INTERNAL, "a defect of the frontend: " + defect, defect), List.of()));
        }
        Faults.ask(() -> bridge.return_(last.build()));
    }

    @Override
    public Map<String, String> options() {
        return options;
    }

    @Override
    public List<Platform> platforms() throws InterruptedException {
        List<Platform> platforms = new ArrayList<>();
        Faults.ask(() -> bridge.ping(PingRequest.getDefaultInstance()))
                .getWorkersList()
                .forEach(worker -> worker.getPlatformsList()
                        .forEach(known -> platforms.add(new Platform(
                                known.getOS(),
                                known.getArchitecture(),
                                known.getVariant(),
                                known.getOSVersion(),
                                known.getOSFeaturesList()))));
        return platforms;
    }

    @Override
    public Map<String, Definition> inputs() throws InterruptedException {
        Map<String, Definition> inputs = new TreeMap<>();
        Faults.ask(() -> bridge.inputs(InputsRequest.getDefaultInstance()))
                .getDefinitionsMap()
                .forEach((name, input) -> inputs.put(name, Definition.decodeOrScratch(input.toByteArray())));
        return inputs;
    }

    @Override
    public BuiltTree solve(Definition definition) throws InterruptedException {
        SolveRequest.Builder request = request();
        if (!definition.isScratch()) {
            request.setDefinition(message(definition));
        }
        BuiltTree tree = ask(request).tree();
        return new BuiltTree(tree.id(), definition);
    }

    @Override
    public FrontendAnswer ask(String frontend, Map<String, String> given, Map<String, Definition> inputs)
            throws InterruptedException {
        SolveRequest.Builder request = request().setFrontend(frontend).putAllFrontendOpt(given);
        inputs.forEach((name, input) -> request.putFrontendInputs(name, message(input)));
        return ask(request);
    }

    private static SolveRequest.Builder request() {
        return SolveRequest.newBuilder().setAllowResultReturn(true).setAllowResultArrayRef(true);
    }

    private FrontendAnswer ask(SolveRequest.Builder request) throws InterruptedException {
        return AnswerMessages.answer(
                Faults.ask(() -> bridge.solve(request.build())).getResult());
    }

    private static io.buildkit4j.wire.proto.ops.Definition message(Definition definition) {
        try {
            return io.buildkit4j.wire.proto.ops.Definition.parseFrom(definition.encode());
        } catch (InvalidProtocolBufferException impossible) {
            throw new IllegalStateException("our own encoding cannot be read", impossible);
        }
    }

    @Override
    public void evaluate(BuiltTree tree) throws InterruptedException {
        Faults.ask(() ->
                bridge.evaluate(EvaluateRequest.newBuilder().setRef(tree.id()).build()));
    }

    @Override
    public Optional<byte[]> read(BuiltTree tree, String path) throws InterruptedException {
        return found(() -> bridge.readFile(ReadFileRequest.newBuilder()
                        .setRef(tree.id())
                        .setFilePath(path)
                        .build()))
                .map(response -> response.getData().toByteArray());
    }

    @Override
    public List<FileStat> list(BuiltTree tree, String path) throws InterruptedException {
        return Faults.ask(() -> bridge.readDir(ReadDirRequest.newBuilder()
                        .setRef(tree.id())
                        .setDirPath(path)
                        .build()))
                .getEntriesList()
                .stream()
                .map(StatCodec::decode)
                .toList();
    }

    @Override
    public Optional<FileStat> find(BuiltTree tree, String path) throws InterruptedException {
        return found(() -> bridge.statFile(StatFileRequest.newBuilder()
                        .setRef(tree.id())
                        .setPath(path)
                        .build()))
                .map(response -> StatCodec.decode(response.getStat()));
    }

    /** What is not there is an answer here. */
    private static <T> Optional<T> found(io.buildkit4j.wire.Calls.Request<T> question) throws InterruptedException {
        try {
            return Optional.of(Faults.ask(question));
        } catch (ClientFault failed) {
            boolean missing = failed.kind() == Kind.NOT_FOUND
                    || String.valueOf(failed.getMessage()).contains("no such file or directory");
            if (!missing) {
                throw failed;
            }
            return Optional.empty();
        }
    }

    @Override
    public ImageFound resolve(String reference, Platform platform) throws InterruptedException {
        var response = Faults.ask(() -> bridge.resolveImageConfig(ResolveImageConfigRequest.newBuilder()
                .setRef(reference)
                .setPlatform(io.buildkit4j.wire.proto.ops.Platform.newBuilder()
                        .setOS(platform.os())
                        .setArchitecture(platform.architecture())
                        .setVariant(platform.variant()))
                .build()));
        return new ImageFound(
                Digest.parse(response.getDigest()), response.getConfig().toStringUtf8());
    }

    @Override
    public GatewayContainer open(ContainerRequest request) throws InterruptedException {
        return ContainerCalls.open(channel, request);
    }

    @Override
    public void warn(Digest step, String message) throws InterruptedException {
        WarnRequest request = WarnRequest.newBuilder()
                .setDigest(step.toString())
                .setLevel(1)
                .setShort(ByteString.copyFromUtf8(message))
                .build();
        Faults.ask(() -> bridge.warn(request));
    }
}
