package io.buildkit4j.buildd.door;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.buildd.build.Build;
import io.buildkit4j.buildd.build.BuildFault;
import io.buildkit4j.buildd.build.BuildRequest;
import io.buildkit4j.buildd.history.BuildRecord.Setting;
import io.buildkit4j.buildd.history.History;
import io.buildkit4j.buildd.journal.JournalReader;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.wire.RequestHeaders;
import io.buildkit4j.wire.WireStatus;
import io.buildkit4j.wire.proto.control.BuildHistoryEvent;
import io.buildkit4j.wire.proto.control.BuildHistoryRequest;
import io.buildkit4j.wire.proto.control.BytesMessage;
import io.buildkit4j.wire.proto.control.ControlGrpc;
import io.buildkit4j.wire.proto.control.DiskUsageRequest;
import io.buildkit4j.wire.proto.control.DiskUsageResponse;
import io.buildkit4j.wire.proto.control.InfoRequest;
import io.buildkit4j.wire.proto.control.InfoResponse;
import io.buildkit4j.wire.proto.control.ListWorkersRequest;
import io.buildkit4j.wire.proto.control.ListWorkersResponse;
import io.buildkit4j.wire.proto.control.PruneRequest;
import io.buildkit4j.wire.proto.control.SolveRequest;
import io.buildkit4j.wire.proto.control.SolveResponse;
import io.buildkit4j.wire.proto.control.StatusRequest;
import io.buildkit4j.wire.proto.control.StatusResponse;
import io.buildkit4j.wire.proto.control.UpdateBuildHistoryRequest;
import io.buildkit4j.wire.proto.control.UpdateBuildHistoryResponse;
import io.buildkit4j.wire.proto.control.UsageRecord;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * {@code moby.buildkit.v1.Control}: what clients ask of the daemon. Each call blocks the virtual thread that it came in on.
 * Methods that are not here are answered {@code UNIMPLEMENTED}.
 */
final class ControlService extends ControlGrpc.ControlImplBase {
    /** A client asks for the status of a build that it is about to ask for. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** Milliseconds between two frames of a build's status: ten a second are what a display shows. */
    private static final long GATHER = 80;

    /** A header of this project's own: answered at once, the build goes on without its caller. */
    private static final String DETACH = "buildkit4j-detach";

    /** Whose trace the build is part of. */
    private static final String PARENT = "traceparent";

    private final Rooms rooms;
    private final HistoryContent content;

    /** Leads to these rooms. */
    ControlService(Rooms rooms, HistoryContent content) {
        this.rooms = rooms;
        this.content = content;
    }

    /** Builds, and answers when everything about the build has been told. A caller that goes away cancels its build. */
    @Override
    public void solve(SolveRequest message, StreamObserver<SolveResponse> caller) {
        if (RequestHeaders.current().first(DETACH).isPresent()) {
            BuildRequest request = SolveRequests.decode(message, rooms.allowed(), Instant.now());
            Optional<String> parent = RequestHeaders.current().first(PARENT);
            rooms.builds().runDetached(request.ref(), () -> run(request, parent));
            Call.answer(caller, SolveResponse.getDefaultInstance());
            return;
        }
        Call.serve(
                caller,
                () -> building(rooms, message.getRef(), () -> {
                    BuildRequest request = SolveRequests.decode(message, rooms.allowed(), Instant.now());
                    Optional<String> parent = RequestHeaders.current().first(PARENT);
                    List<Setting> answer = rooms.builds().run(() -> run(request, parent));
                    Call.answer(caller, SolveRequests.answer(answer));
                }));
    }

    private List<Setting> run(BuildRequest request, Optional<String> parent) throws InterruptedException {
        try {
            return rooms.kept(() -> Build.run(rooms.workshop(), request));
        } finally {
            rooms.ways().traces().ifPresent(traces -> new Tracing(rooms, traces).tell(request.record(), parent));
        }
    }

    /** Does something with a build and tells its failures as clients understand them. */
    static void building(Rooms rooms, String ref, Call.Work work) throws InterruptedException {
        try {
            work.run();
        } catch (BuildFault failed) {
            throw WireStatus.of(failed, failed.details());
        } catch (Fault refused) {
            throw refused;
        } catch (RuntimeException defect) {
            rooms.log().error("a build met a defect of this program", defect, "ref", ref);
            throw WireStatus.of(new DaemonFault(Kind.INTERNAL, "a defect of the daemon: " + defect, defect));
        }
    }

    /** Everything that happened in a build, from its beginning, until it has ended; also of builds that ended long ago. */
    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> caller) {
        Outflow.serve(caller, out -> {
            try (JournalReader reader = rooms.workshop().history().follow(request.getRef(), PATIENCE)) {
                Optional<List<BuildEvent>> events = reader.next(1_000);
                while (events.isPresent()) {
                    if (!events.get().isEmpty()) {
                        for (StatusResponse frame : StatusFrames.of(events.get())) {
                            out.send(frame);
                        }
                        reader.gather(GATHER);
                    }
                    events = reader.next(1_000);
                }
            }
        });
    }

    /** The way back to the client: a tunnel that lives as long as the call. */
    @Override
    public StreamObserver<BytesMessage> session(StreamObserver<BytesMessage> caller) {
        return rooms.sessions().serve(caller);
    }

    @Override
    public void listWorkers(ListWorkersRequest request, StreamObserver<ListWorkersResponse> caller) {
        Call.answer(
                caller,
                WorkerRecords.select(
                        rooms.workshop().worker(), rooms.workshop().store().rules(), request.getFilterList()));
    }

    @Override
    public void info(InfoRequest request, StreamObserver<InfoResponse> caller) {
        Call.answer(
                caller,
                InfoResponse.newBuilder()
                        .setBuildkitVersion(WorkerRecords.version())
                        .build());
    }

    /** Records of builds: those that are there, and unless the caller wants no more than that, what happens to them. */
    @Override
    public void listenBuildHistory(BuildHistoryRequest request, StreamObserver<BuildHistoryEvent> caller) {
        Outflow.serve(caller, out -> new HistoryStream(rooms.workshop().history(), content, request).run(out::send));
    }

    @Override
    public void updateBuildHistory(
            UpdateBuildHistoryRequest request, StreamObserver<UpdateBuildHistoryResponse> caller) {
        History history = rooms.workshop().history();
        if (request.getDelete()) {
            history.forget(request.getRef());
        } else if (!request.getFinalize()) {
            history.pin(request.getRef(), request.getPinned());
        }
        // a record is complete when its build has ended: there is nothing to finalise
        Call.answer(caller, UpdateBuildHistoryResponse.getDefaultInstance());
    }

    @Override
    public void diskUsage(DiskUsageRequest request, StreamObserver<DiskUsageResponse> caller) {
        Call.answer(caller, UsageRecords.select(rooms.workshop().usage(), request, Clock.systemUTC()));
    }

    /** Removes, and tells of each record as it goes. */
    @Override
    public void prune(PruneRequest request, StreamObserver<UsageRecord> caller) {
        Outflow.serve(
                caller,
                out -> UsageRecords.prune(rooms.workshop(), request, message -> {
                    try {
                        out.send(message);
                    } catch (InterruptedException gone) {
                        // the store looks for it before it removes the next
                        Thread.currentThread().interrupt();
                    }
                }));
    }
}
