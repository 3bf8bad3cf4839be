package io.buildkit4j.client.door;

import io.buildkit4j.client.BuildFrontend;
import io.buildkit4j.client.BuildHistory;
import io.buildkit4j.client.Client;
import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.DaemonInfo;
import io.buildkit4j.client.Explanation;
import io.buildkit4j.client.ProgressListener;
import io.buildkit4j.client.PruneRequest;
import io.buildkit4j.client.SolveRequest;
import io.buildkit4j.client.SolveResult;
import io.buildkit4j.client.SpaceInfo;
import io.buildkit4j.client.UsageInfo;
import io.buildkit4j.client.Verification;
import io.buildkit4j.client.WorkerInfo;
import io.buildkit4j.client.files.LayoutTarget;
import io.buildkit4j.client.files.LocalCaches;
import io.buildkit4j.client.relay.Relay;
import io.buildkit4j.wire.Address;
import io.buildkit4j.wire.Connection;
import io.buildkit4j.wire.ServedSession;
import io.buildkit4j.wire.TlsFiles;
import io.buildkit4j.wire.WireFault;
import io.buildkit4j.wire.proto.control.ControlGrpc;
import io.buildkit4j.wire.proto.control.DiskUsageRequest;
import io.buildkit4j.wire.proto.control.InfoRequest;
import io.buildkit4j.wire.proto.control.ListWorkersRequest;
import io.buildkit4j.wire.proto.insight.ExplainRequest;
import io.buildkit4j.wire.proto.insight.InsightGrpc;
import io.buildkit4j.wire.proto.storage.SpaceRequest;
import io.buildkit4j.wire.proto.storage.StorageGrpc;
import io.buildkit4j.wire.proto.storage.VerifyRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A client over gRPC. */
public final class DaemonClient implements Client {
    private final Connection connection;

    private DaemonClient(Connection connection) {
        this.connection = connection;
    }

    /** See {@link io.buildkit4j.client.RemoteDaemon#connect}. */
    public static DaemonClient connect(String address, Optional<TlsFiles> certificates) {
        try {
            return new DaemonClient(
                    Relay.leadsTo(address)
                            ? Relay.open(address)
                            : Connection.open(Address.parse(address), certificates));
        } catch (WireFault failed) {
            throw Faults.own(failed);
        }
    }

    private ControlGrpc.ControlBlockingV2Stub control() {
        return ControlGrpc.newBlockingV2Stub(connection.channel());
    }

    @Override
    public SolveResult solve(SolveRequest request, ProgressListener progress) throws InterruptedException {
        return listed(request, inSession(request, solving -> solving.run(request, Optional.empty(), progress)));
    }

    @Override
    public SolveResult solve(SolveRequest request, String reference, ProgressListener progress)
            throws InterruptedException {
        return listed(request, inSession(request, solving -> solving.run(request, reference, progress)));
    }

    @Override
    public SolveResult build(SolveRequest request, BuildFrontend frontend, ProgressListener progress)
            throws InterruptedException {
        if (request.definition().length > 0 || !request.frontend().isEmpty()) {
            throw new ClientFault(
                    io.buildkit4j.footing.Kind.INVALID_ARGUMENT,
                    "a build that a frontend of this side describes takes no other frontend and no definition");
        }
        return listed(
                request,
                serving(
                        request,
                        solving -> new Driving(connection.channel(), solving).run(request, frontend, progress)));
    }

    @Override
    public SolveResult solveFromCache(SolveRequest request, String stage, ProgressListener progress)
            throws InterruptedException {
        return listed(request, inSession(request, solving -> solving.run(request, Optional.of(stage), progress)));
    }

    @Override
    public Explanation plan(SolveRequest request) throws InterruptedException {
        return inSession(request, solving -> solving.plan(request));
    }

    @Override
    public Explanation explain(String reference) throws InterruptedException {
        ExplainRequest request = ExplainRequest.newBuilder().setRef(reference).build();
        return Insights.explanation(Faults.ask(
                () -> InsightGrpc.newBlockingV2Stub(connection.channel()).explain(request)));
    }

    @Override
    public SolveResult solveDetached(SolveRequest request, String reference, ProgressListener progress)
            throws InterruptedException {
        return listed(
                request,
                inSession(
                        request,
                        solving -> new Detached(connection.channel(), reference)
                                .run(request, solving.session(), progress)));
    }

    @Override
    public void follow(String reference, ProgressListener progress) throws InterruptedException {
        new Detached(connection.channel(), reference).follow(progress);
    }

    /** An image that went into a layout at this side is listed in its index. */
    private static SolveResult listed(SolveRequest request, SolveResult result) {
        LayoutTarget.of(request.exports()).ifPresent(path -> new LayoutTarget(path).list(result.response()));
        LocalCaches.list(request, result.response());
        return result;
    }

    /** What is asked while a session serves. */
    @FunctionalInterface
    private interface Question<T> {
        T ask(Solving solving) throws InterruptedException;
    }

    private <T> T inSession(SolveRequest request, Question<T> question) throws InterruptedException {
        if (request.definition().length > 0 && !request.frontend().isEmpty()) {
            throw new ClientFault(
                    io.buildkit4j.footing.Kind.INVALID_ARGUMENT, "a build takes a frontend or a definition, not both");
        }
        if (request.definition().length == 0 && request.frontend().isEmpty()) {
            throw new ClientFault(
                    io.buildkit4j.footing.Kind.INVALID_ARGUMENT,
                    "there is nothing to build: the request has neither a frontend nor a definition");
        }
        return serving(request, question);
    }

    private <T> T serving(SolveRequest request, Question<T> question) throws InterruptedException {
        try (ServedSession session = ServedSession.open(connection, Offers.of(request))) {
            return question.ask(new Solving(connection.channel(), session.id()));
        } catch (WireFault failed) {
            throw Faults.own(failed);
        }
    }

    @Override
    public List<UsageInfo> diskUsage(List<String> filters) throws InterruptedException {
        DiskUsageRequest request =
                DiskUsageRequest.newBuilder().addAllFilter(filters).build();
        return Faults.ask(() -> control().diskUsage(request)).getRecordList().stream()
                .map(Values::usage)
                .toList();
    }

    @Override
    public void prune(PruneRequest request, Consumer<UsageInfo> gone) throws InterruptedException {
        var message = io.buildkit4j.wire.proto.control.PruneRequest.newBuilder()
                .addAllFilter(request.filters())
                .setAll(request.all())
                .setKeepDuration(request.keep().toNanos())
                .setReservedSpace(request.reserved())
                .setMaxUsedSpace(request.maxUsed())
                .setMinFreeSpace(request.minFree())
                .build();
        Faults.each(control().prune(message), record -> gone.accept(Values.usage(record)));
    }

    private StorageGrpc.StorageBlockingV2Stub storage() {
        return StorageGrpc.newBlockingV2Stub(connection.channel());
    }

    @Override
    public Verification verify() throws InterruptedException {
        return Values.verification(Faults.ask(() -> storage().verify(VerifyRequest.getDefaultInstance())));
    }

    @Override
    public SpaceInfo space() throws InterruptedException {
        return Values.space(Faults.ask(() -> storage().space(SpaceRequest.getDefaultInstance())));
    }

    @Override
    public List<WorkerInfo> workers(List<String> filters) throws InterruptedException {
        ListWorkersRequest request =
                ListWorkersRequest.newBuilder().addAllFilter(filters).build();
        return Faults.ask(() -> control().listWorkers(request)).getRecordList().stream()
                .map(Values::worker)
                .toList();
    }

    @Override
    public BuildHistory history() {
        return new HistoryCalls(connection.channel());
    }

    @Override
    public DaemonInfo info() throws InterruptedException {
        return Values.daemon(Faults.ask(() -> control().info(InfoRequest.getDefaultInstance()))
                .getBuildkitVersion());
    }

    @Override
    public void close() {
        connection.close();
    }
}
