package io.buildkit4j.client.door;

import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.Explanation;
import io.buildkit4j.client.ProgressListener;
import io.buildkit4j.client.SolveRequest;
import io.buildkit4j.client.SolveResult;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.WireFault;
import io.buildkit4j.wire.WireStatus;
import io.buildkit4j.wire.proto.control.ControlGrpc;
import io.buildkit4j.wire.proto.control.SolveResponse;
import io.buildkit4j.wire.proto.control.StatusRequest;
import io.buildkit4j.wire.proto.control.StatusResponse;
import io.buildkit4j.wire.proto.insight.InsightGrpc;
import io.buildkit4j.wire.proto.insight.SolveFromCacheRequest;
import io.grpc.Channel;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One build: the call that builds, and beside it the stream of its progress, which the calling thread reads. */
final class Solving {
    /** How long the progress of a build that has ended is waited for. */
    private static final long TRAILING_SECONDS = 3;

    private final Channel channel;
    private final String session;

    Solving(Channel channel, String session) {
        this.channel = channel;
        this.session = session;
    }

    /** The session that serves meanwhile. */
    String session() {
        return session;
    }

    static String newReference() {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    Explanation plan(SolveRequest request) throws InterruptedException {
        var message = Requests.solve(request, newReference(), session);
        return Insights.explanation(
                Faults.ask(() -> InsightGrpc.newBlockingV2Stub(channel).plan(message)));
    }

    /** A build by this reference, which a frontend on this side may be driving. */
    SolveResult run(SolveRequest request, String reference, ProgressListener progress) throws InterruptedException {
        var message = Requests.solve(request, reference, session);
        return run(reference, ControlGrpc.newFutureStub(channel).solve(message), progress);
    }

    /** {@code cached}: the stage, or nothing for all, that must not run. */
    SolveResult run(SolveRequest request, Optional<String> cached, ProgressListener progress)
            throws InterruptedException {
        String reference = newReference();
        var message = Requests.solve(request, reference, session);
        Future<SolveResponse> answer = cached.isEmpty()
                ? ControlGrpc.newFutureStub(channel).solve(message)
                : InsightGrpc.newFutureStub(channel)
                        .solveFromCache(SolveFromCacheRequest.newBuilder()
                                .setSolve(message)
                                .setStage(cached.get())
                                .build());
        return run(reference, answer, progress);
    }

    private SolveResult run(String reference, Future<SolveResponse> answer, ProgressListener progress)
            throws InterruptedException {
        try {
            follow(reference, answer, progress);
            return new SolveResult(reference, answer.get().getExporterResponseMap());
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            throw Faults.own(WireStatus.fault(cause));
        } finally {
            answer.cancel(true);
        }
    }

    private void follow(String reference, Future<SolveResponse> answer, ProgressListener progress)
            throws InterruptedException {
        BlockingClientCall<?, StatusResponse> frames = ControlGrpc.newBlockingV2Stub(channel)
                .status(StatusRequest.newBuilder().setRef(reference).build());
        try {
            read(frames, answer, progress);
        } catch (StatusException lost) {
            if (!answer.isDone() && WireStatus.fault(lost).kind() == Kind.UNIMPLEMENTED) {
                throw new ClientFault(Kind.UNIMPLEMENTED, "the daemon tells no progress: " + lost.getMessage(), lost);
            }
            // a build tells its own failure better than its progress does
        } catch (WireFault garbled) {
            throw Faults.own(garbled);
        } finally {
            frames.cancel("no longer followed", null);
        }
    }

    private static void read(
            BlockingClientCall<?, StatusResponse> frames, Future<SolveResponse> answer, ProgressListener progress)
            throws InterruptedException, StatusException {
        boolean trailing = false;
        while (true) {
            try {
                StatusResponse frame = frames.read(TRAILING_SECONDS, TimeUnit.SECONDS);
                if (frame == null) {
                    return;
                }
                progress.frame(ProgressFrames.frame(frame));
            } catch (TimeoutException quiet) {
                if (trailing) {
                    return;
                }
                trailing = answer.isDone();
            }
        }
    }
}
