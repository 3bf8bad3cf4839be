package io.buildkit4j.client.door;

import com.google.protobuf.ByteString;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.Address;
import io.buildkit4j.wire.ConnectedSessions;
import io.buildkit4j.wire.Listener;
import io.buildkit4j.wire.Session;
import io.buildkit4j.wire.WireFault;
import io.buildkit4j.wire.WireStatus;
import io.buildkit4j.wire.proto.control.BytesMessage;
import io.buildkit4j.wire.proto.control.ControlGrpc;
import io.buildkit4j.wire.proto.control.InfoRequest;
import io.buildkit4j.wire.proto.control.InfoResponse;
import io.buildkit4j.wire.proto.control.SolveRequest;
import io.buildkit4j.wire.proto.control.SolveResponse;
import io.buildkit4j.wire.proto.control.StatusRequest;
import io.buildkit4j.wire.proto.control.StatusResponse;
import io.buildkit4j.wire.proto.control.VertexLog;
import io.buildkit4j.wire.proto.worker.BuildkitVersion;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A daemon whose builds are procedures of the test. */
final class FakeDaemon extends ControlGrpc.ControlImplBase implements AutoCloseable {
    static final String DIGEST = "sha256:" + "0".repeat(64);

    /** What a build does. */
    interface Build {
        SolveResponse run(SolveRequest request, Session session) throws Exception;
    }

    final ConnectedSessions sessions = new ConnectedSessions();
    final CountDownLatch cancelled = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Listener listener;
    private final Build build;

    FakeDaemon(Path socket, Build build) {
        this.build = build;
        listener = Listener.open(new Address.Unix(socket), List.of(this));
    }

    String address() {
        return listener.address().toString();
    }

    @Override
    public StreamObserver<BytesMessage> session(StreamObserver<BytesMessage> responses) {
        return sessions.serve(responses);
    }

    @Override
    public void info(InfoRequest request, StreamObserver<InfoResponse> responses) {
        responses.onNext(InfoResponse.newBuilder()
                .setBuildkitVersion(
                        BuildkitVersion.newBuilder().setPackage("test").setVersion("1"))
                .build());
        responses.onCompleted();
    }

    @Override
    @SuppressWarnings("InterruptedExceptionSwallowed") // a test's daemon has nobody to tell but its client
    public void solve(SolveRequest request, StreamObserver<SolveResponse> responses) {
        Thread serving = Thread.currentThread();
        Context.current()
                .addListener(
                        gone -> {
                            cancelled.countDown();
                            serving.interrupt();
                        },
                        Runnable::run);
        try {
            Session session = sessions.find(request.getSession(), Duration.ofSeconds(5))
                    .orElseThrow(() -> new WireFault(Kind.NOT_FOUND, "no session " + request.getSession()));
            responses.onNext(build.run(request, session));
            responses.onCompleted();
        } catch (Exception failed) {
            responses.onError(WireStatus.of(failed));
        } finally {
            ended.countDown();
        }
    }

    @Override
    @SuppressWarnings("InterruptedExceptionSwallowed") // as above
    public void status(StatusRequest request, StreamObserver<StatusResponse> responses) {
        for (String word : List.of("one", "two")) {
            responses.onNext(StatusResponse.newBuilder()
                    .addLogs(VertexLog.newBuilder()
                            .setVertex(DIGEST)
                            .setStream(1)
                            .setMsg(ByteString.copyFromUtf8(word)))
                    .build());
        }
        try {
            ended.await();
            responses.onCompleted();
        } catch (InterruptedException stopped) {
            responses.onError(WireStatus.of(stopped));
        }
    }

    @Override
    public void close() {
        ended.countDown();
        sessions.close();
        listener.close();
    }
}
