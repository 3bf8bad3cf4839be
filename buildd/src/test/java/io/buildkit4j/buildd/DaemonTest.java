package io.buildkit4j.buildd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.buildd.config.Configuration;
import io.buildkit4j.buildd.config.Storage;
import io.buildkit4j.buildd.log.Log;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.store.Snapshotter;
import io.buildkit4j.wire.Calls;
import io.buildkit4j.wire.Connection;
import io.buildkit4j.wire.WireFault;
import io.buildkit4j.wire.proto.control.ControlGrpc;
import io.buildkit4j.wire.proto.control.InfoRequest;
import io.buildkit4j.wire.proto.control.ListWorkersRequest;
import io.buildkit4j.wire.proto.control.PruneRequest;
import io.buildkit4j.wire.proto.health.HealthCheckRequest;
import io.buildkit4j.wire.proto.health.HealthCheckResponse;
import io.buildkit4j.wire.proto.health.HealthGrpc;
import io.buildkit4j.wire.proto.worker.WorkerRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon over its real sockets. */
@Tag("root")
@Timeout(60)
class DaemonTest {
    @TempDir
    Path folder;

    private Daemon daemon;
    private Connection connection;

    private Configuration configuration() {
        return new Configuration(
                folder.resolve("state"),
                false,
                List.of("unix://" + folder.resolve("d.sock"), "tcp://127.0.0.1:0"),
                new Configuration.Worker(
                        true,
                        Optional.empty(),
                        List.of(),
                        Map.of("site.rack", "7"),
                        0,
                        Storage.DEFAULT,
                        Snapshotter.AUTO,
                        io.buildkit4j.worker.WorkerSettings.DEFAULT),
                io.buildkit4j.buildd.config.ContainerdWorker.DEFAULT,
                Map.of(),
                java.util.Set.of(),
                Optional.empty());
    }

    @BeforeEach
    void start() throws InterruptedException {
        daemon = Daemon.start(configuration(), Parts.OWN, Log.silent());
        connection = Connection.open(daemon.addresses().getFirst());
    }

    @AfterEach
    void stop() {
        connection.close();
        daemon.close();
        assertThat(folder.resolve("d.sock")).doesNotExist();
    }

    private ControlGrpc.ControlBlockingV2Stub control() {
        return ControlGrpc.newBlockingV2Stub(connection.channel());
    }

    @Test
    void isHealthyOnEveryAddress() throws InterruptedException {
        for (var address : daemon.addresses()) {
            try (Connection each = Connection.open(address)) {
                HealthCheckResponse response = Calls.ask(() ->
                        HealthGrpc.newBlockingV2Stub(each.channel()).check(HealthCheckRequest.getDefaultInstance()));
                assertThat(response.getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
            }
        }
    }

    @Test
    void saysWhatItIs() throws InterruptedException {
        var version = Calls.ask(() -> control().info(InfoRequest.getDefaultInstance()))
                .getBuildkitVersion();
        assertThat(version.getPackage()).isEqualTo("io.buildkit4j");
        assertThat(version.getVersion()).matches("v\\d+\\.\\d+\\.\\d+");
    }

    private List<WorkerRecord> workers(String... filters) throws InterruptedException {
        ListWorkersRequest request =
                ListWorkersRequest.newBuilder().addAllFilter(List.of(filters)).build();
        return Calls.ask(() -> control().listWorkers(request)).getRecordList();
    }

    @Test
    void describesItsWorkerAndFilters() throws InterruptedException {
        WorkerRecord worker = workers().getFirst();
        assertThat(worker.getLabelsMap())
                .containsEntry("site.rack", "7")
                .containsEntry("org.mobyproject.buildkit.worker.executor", "oci");
        assertThat(worker.getPlatforms(0).getOS()).isEqualTo("linux");
        assertThat(workers("id==" + worker.getID())).hasSize(1);
        assertThat(workers("id==other")).isEmpty();
        assertThat(workers("id==other", "labels.site.rack==7")).hasSize(1);
        assertThatThrownBy(() -> workers("=="))
                .isInstanceOfSatisfying(
                        WireFault.class, fault -> assertThat(fault.kind()).isEqualTo(Kind.INVALID_ARGUMENT));
    }

    @Test
    void theWorkersIdOutlivesTheDaemon() throws InterruptedException {
        String id = workers().getFirst().getID();
        connection.close();
        daemon.close();
        start();
        assertThat(workers().getFirst().getID()).isEqualTo(id);
    }

    @Test
    void nothingIsPrunedWhereNothingIs() throws InterruptedException {
        assertThat(Calls.ask(
                        () -> control().prune(PruneRequest.getDefaultInstance()).read()))
                .isNull();
    }

    @Test
    void itsStateIsItsOwn() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("state"))))
                .isEqualTo("rwx------");
    }
}
