package io.buildkit4j.client.door;

import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.ProgressListener;
import io.buildkit4j.client.SolveRequest;
import io.buildkit4j.client.SolveResult;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.WireStatus;
import io.buildkit4j.wire.proto.control.BuildHistoryEvent;
import io.buildkit4j.wire.proto.control.BuildHistoryRecord;
import io.buildkit4j.wire.proto.control.BuildHistoryRequest;
import io.buildkit4j.wire.proto.control.ControlGrpc;
import io.buildkit4j.wire.proto.control.StatusRequest;
import io.buildkit4j.wire.proto.control.StatusResponse;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.MetadataUtils;

/** A build that does not end with its client: begun by one call, followed by another, and its end read from the history. */
final class Detached {
    private static final Metadata.Key<String> HEADER =
            Metadata.Key.of("buildkit4j-detach", Metadata.ASCII_STRING_MARSHALLER);

    private final Channel channel;
    private final String reference;

    Detached(Channel channel, String reference) {
        this.channel = channel;
        this.reference = reference;
    }

    SolveResult run(SolveRequest request, String session, ProgressListener progress) throws InterruptedException {
        Metadata headers = new Metadata();
        headers.put(HEADER, "1");
        Faults.ask(() -> ControlGrpc.newBlockingV2Stub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .solve(Requests.solve(request, reference, session)));
        follow(progress);
        return result();
    }

    void follow(ProgressListener progress) throws InterruptedException {
        BlockingClientCall<?, StatusResponse> frames = ControlGrpc.newBlockingV2Stub(channel)
                .status(StatusRequest.newBuilder().setRef(reference).build());
        try {
            StatusResponse frame = frames.read();
            while (frame != null) {
                progress.frame(ProgressFrames.frame(frame));
                frame = frames.read();
            }
        } catch (StatusException lost) {
            throw Faults.own(WireStatus.fault(lost));
        } finally {
            frames.cancel("no longer followed", null);
        }
    }

    /** The build has ended, or is about to say so. */
    private SolveResult result() throws InterruptedException {
        BlockingClientCall<?, BuildHistoryEvent> events = ControlGrpc.newBlockingV2Stub(channel)
                .listenBuildHistory(
                        BuildHistoryRequest.newBuilder().setRef(reference).build());
        try {
            BuildHistoryEvent event = events.read();
            while (event != null) {
                BuildHistoryRecord record = event.getRecord();
                if (record.hasCompletedAt() && record.hasError()) {
                    throw Faults.own(WireStatus.fault(record.getError()));
                }
                if (record.hasCompletedAt()) {
                    return new SolveResult(reference, record.getExporterResponseMap());
                }
                event = events.read();
            }
            throw new ClientFault(Kind.UNKNOWN, "the daemon does not say how build " + reference + " ended");
        } catch (StatusException lost) {
            throw Faults.own(WireStatus.fault(lost));
        } finally {
            events.cancel("no longer followed", null);
        }
    }
}
