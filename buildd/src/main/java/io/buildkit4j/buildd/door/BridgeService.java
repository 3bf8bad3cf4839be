package io.buildkit4j.buildd.door;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.buildd.build.Bridge;
import io.buildkit4j.buildd.build.BuildFault;
import io.buildkit4j.buildd.build.Outcome;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.Gateway.ResolvedImage;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.wire.Conversation;
import io.buildkit4j.wire.WireStatus;
import io.buildkit4j.wire.proto.gateway.EvaluateRequest;
import io.buildkit4j.wire.proto.gateway.EvaluateResponse;
import io.buildkit4j.wire.proto.gateway.ExecMessage;
import io.buildkit4j.wire.proto.gateway.InputsRequest;
import io.buildkit4j.wire.proto.gateway.InputsResponse;
import io.buildkit4j.wire.proto.gateway.LLBBridgeGrpc;
import io.buildkit4j.wire.proto.gateway.NewContainerRequest;
import io.buildkit4j.wire.proto.gateway.NewContainerResponse;
import io.buildkit4j.wire.proto.gateway.PingRequest;
import io.buildkit4j.wire.proto.gateway.PongResponse;
import io.buildkit4j.wire.proto.gateway.ReadDirRequest;
import io.buildkit4j.wire.proto.gateway.ReadDirResponse;
import io.buildkit4j.wire.proto.gateway.ReadFileRequest;
import io.buildkit4j.wire.proto.gateway.ReadFileResponse;
import io.buildkit4j.wire.proto.gateway.ReleaseContainerRequest;
import io.buildkit4j.wire.proto.gateway.ReleaseContainerResponse;
import io.buildkit4j.wire.proto.gateway.ResolveImageConfigRequest;
import io.buildkit4j.wire.proto.gateway.ResolveImageConfigResponse;
import io.buildkit4j.wire.proto.gateway.ResolveSourceMetaRequest;
import io.buildkit4j.wire.proto.gateway.ResolveSourceMetaResponse;
import io.buildkit4j.wire.proto.gateway.ReturnRequest;
import io.buildkit4j.wire.proto.gateway.ReturnResponse;
import io.buildkit4j.wire.proto.gateway.SolveRequest;
import io.buildkit4j.wire.proto.gateway.SolveResponse;
import io.buildkit4j.wire.proto.gateway.StatFileRequest;
import io.buildkit4j.wire.proto.gateway.StatFileResponse;
import io.buildkit4j.wire.proto.gateway.WarnRequest;
import io.buildkit4j.wire.proto.gateway.WarnResponse;
import io.buildkit4j.worker.Worker;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * {@code moby.buildkit.v1.frontend.LLBBridge}: what a frontend asks of the daemon. It knows nothing of where the frontend
 * runs: each call asks for the bridge that it means. What is not here is answered {@code UNIMPLEMENTED}, and the answer to
 * {@code Ping} does not promise it.
 */
public final class BridgeService extends LLBBridgeGrpc.LLBBridgeImplBase {
    private final Finder finder;
    private final Supplier<PongResponse> pong;

    /** Finds the bridge that the call of this thread means. */
    @FunctionalInterface
    public interface Finder {
        /** May wait for it. */
        Bridge find() throws InterruptedException;
    }

    /** For the bridges that the finder finds. */
    public BridgeService(Finder finder, Worker worker) {
        this.finder = finder;
        this.pong = () -> GatewayCapabilities.pong(worker);
    }

    /** The work of one call. */
    private interface Work<T> {
        T run(Bridge bridge) throws InterruptedException;
    }

    private <T> void serve(StreamObserver<T> caller, Work<T> work) {
        Call.serve(caller, () -> {
            try {
                Call.answer(caller, work.run(finder.find()));
            } catch (BuildFault failed) {
                throw WireStatus.of(failed, failed.details());
            }
        });
    }

    @Override
    public void ping(PingRequest request, StreamObserver<PongResponse> caller) {
        Call.answer(caller, pong.get());
    }

    @Override
    public void solve(SolveRequest request, StreamObserver<SolveResponse> caller) {
        serve(caller, bridge -> {
            bridge.importCaches(CacheMessages.imports(request));
            Outcome outcome = bridge.solve(GatewayMessages.question(request), request.getEvaluate());
            return GatewayMessages.response(outcome, bridge, request);
        });
    }

    @Override
    public void resolveImageConfig(
            ResolveImageConfigRequest request, StreamObserver<ResolveImageConfigResponse> caller) {
        serve(caller, bridge -> {
            ResolvedImage found = bridge.resolveImage(GatewayMessages.question(request));
            return GatewayMessages.resolved(request.getRef(), found);
        });
    }

    @Override
    public void resolveSourceMeta(ResolveSourceMetaRequest request, StreamObserver<ResolveSourceMetaResponse> caller) {
        serve(caller, bridge -> SourceMeta.resolve(request, bridge));
    }

    @Override
    public void readFile(ReadFileRequest request, StreamObserver<ReadFileResponse> caller) {
        serve(caller, bridge -> bridge.read(request.getRef(), tree -> TreeMessages.read(tree, request)));
    }

    @Override
    public void readDir(ReadDirRequest request, StreamObserver<ReadDirResponse> caller) {
        serve(caller, bridge -> bridge.read(request.getRef(), tree -> TreeMessages.list(tree, request)));
    }

    @Override
    public void statFile(StatFileRequest request, StreamObserver<StatFileResponse> caller) {
        serve(caller, bridge -> bridge.read(request.getRef(), tree -> TreeMessages.stat(tree, request)));
    }

    @Override
    public void evaluate(EvaluateRequest request, StreamObserver<EvaluateResponse> caller) {
        serve(caller, bridge -> {
            bridge.evaluate(request.getRef());
            return EvaluateResponse.getDefaultInstance();
        });
    }

    @Override
    public void inputs(InputsRequest request, StreamObserver<InputsResponse> caller) {
        serve(caller, bridge -> {
            InputsResponse.Builder response = InputsResponse.newBuilder();
            bridge.inputs().forEach((name, input) -> response.putDefinitions(name, GatewayMessages.definition(input)));
            return response.build();
        });
    }

    @Override
    public void warn(WarnRequest request, StreamObserver<WarnResponse> caller) {
        serve(caller, bridge -> {
            bridge.warn(new BuildEvent.Warned(
                    Digest.parse(request.getDigest()),
                    (int) request.getLevel(),
                    request.getShort().toStringUtf8(),
                    request.getDetailList().stream()
                            .map(line -> line.toStringUtf8())
                            .collect(Collectors.joining("\n")),
                    request.getUrl(),
                    Warnings.passage(request)));
            return WarnResponse.getDefaultInstance();
        });
    }

    @Override
    public void newContainer(NewContainerRequest request, StreamObserver<NewContainerResponse> caller) {
        serve(caller, bridge -> {
            bridge.open(ContainerMessages.order(request));
            return NewContainerResponse.getDefaultInstance();
        });
    }

    @Override
    public void releaseContainer(ReleaseContainerRequest request, StreamObserver<ReleaseContainerResponse> caller) {
        serve(caller, bridge -> {
            bridge.release(request.getContainerID());
            return ReleaseContainerResponse.getDefaultInstance();
        });
    }

    /** One call carries all processes of a frontend. */
    @Override
    @SuppressWarnings("InterruptedExceptionSwallowed") // told to the caller
    public StreamObserver<ExecMessage> execProcess(StreamObserver<ExecMessage> caller) {
        try {
            Bridge bridge = finder.find();
            return Conversation.serve(
                    caller,
                    message -> 256 + message.getFile().getData().size(),
                    call -> bridge.attend(() -> {
                        new ProcessCalls(bridge, call).run();
                        return bridge;
                    }));
        } catch (InterruptedException stopped) {
            throw WireStatus.of(stopped);
        }
    }

    @Override
    public void readFileContainer(ReadFileRequest request, StreamObserver<ReadFileResponse> caller) {
        serve(
                caller,
                bridge -> TreeMessages.read(bridge.container(request.getRef()).tree(request.getMountIndex()), request));
    }

    @Override
    public void readDirContainer(ReadDirRequest request, StreamObserver<ReadDirResponse> caller) {
        serve(
                caller,
                bridge -> TreeMessages.list(bridge.container(request.getRef()).tree(request.getMountIndex()), request));
    }

    @Override
    public void statFileContainer(StatFileRequest request, StreamObserver<StatFileResponse> caller) {
        serve(
                caller,
                bridge -> TreeMessages.stat(bridge.container(request.getRef()).tree(request.getMountIndex()), request));
    }

    @Override
    public void return_(ReturnRequest request, StreamObserver<ReturnResponse> caller) {
        serve(caller, bridge -> {
            if (request.hasError() && request.getError().getCode() != 0) {
                bridge.fail(WireStatus.fault(request.getError()));
            } else if (request.hasResult()) {
                bridge.finish(GatewayMessages.outcome(request.getResult()));
            } else {
                throw new DaemonFault(Kind.INVALID_ARGUMENT, "the frontend returned neither a result nor an error");
            }
            return ReturnResponse.getDefaultInstance();
        });
    }
}
