package io.buildkit4j.client.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.client.Client;
import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.DaemonInfo;
import io.buildkit4j.client.Progress;
import io.buildkit4j.client.RemoteDaemon;
import io.buildkit4j.client.SolveRequest;
import io.buildkit4j.client.SolveRequest.Export;
import io.buildkit4j.client.SolveRequest.Target;
import io.buildkit4j.client.SolveResult;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.FileReceiver;
import io.buildkit4j.wire.FileStat;
import io.buildkit4j.wire.Session.DirectoryRequest;
import io.buildkit4j.wire.Session.SendTarget;
import io.buildkit4j.wire.WireFault;
import io.buildkit4j.wire.proto.control.SolveResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DaemonClientTest {
    @TempDir
    Path directory;

    @AfterEach
    void noThreadIsLeft() {
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.equals("session") || name.startsWith("connection"));
    }

    private FakeDaemon daemon(FakeDaemon.Build build) {
        return new FakeDaemon(directory.resolve("d.sock"), build);
    }

    private SolveRequest request(Map<String, Path> locals, List<Export> exports) {
        return new SolveRequest(
                new byte[0], "dockerfile.v0", Map.of("target", "x"), locals, exports, List.of(), List.of(), true);
    }

    /** Counts bytes. */
    private static final class Counting implements FileReceiver {
        final List<String> paths = new ArrayList<>();
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public boolean entry(FileStat stat) {
            paths.add(stat.path());
            return stat.isFile();
        }

        @Override
        public OutputStream content(FileStat stat) {
            return bytes;
        }

        @Override
        public void finish() {
            paths.add("end");
        }
    }

    @Test
    void aBuildGetsItsContextAndReturnsItsResult() throws IOException, InterruptedException {
        Path context = Files.createDirectory(directory.resolve("context"));
        Files.writeString(context.resolve("Dockerfile"), "FROM scratch");
        Counting received = new Counting();
        FakeDaemon.Build build = (message, session) -> {
            assertThat(message.getFrontendAttrsMap()).containsKeys("target", "no-cache");
            session.receive(new DirectoryRequest("context", List.of(), List.of(), List.of()), received);
            try (OutputStream out = session.send(new SendTarget("0", Map.of()))) {
                out.write("archive".getBytes(StandardCharsets.UTF_8));
            }
            return SolveResponse.newBuilder().putExporterResponse("k", "v").build();
        };
        Path archive = directory.resolve("image.tar");
        List<Progress> frames = new ArrayList<>();
        try (FakeDaemon daemon = daemon(build);
                Client client = RemoteDaemon.connect(daemon.address())) {
            SolveResult result = client.solve(
                    request(Map.of("context", context), List.of(new Export("oci", Map.of(), new Target.File(archive)))),
                    frames::add);
            assertThat(result.response()).isEqualTo(Map.of("k", "v"));
            assertThat(client.info()).isEqualTo(new DaemonInfo("test", "1", ""));
        }
        assertThat(received.paths).containsExactly("Dockerfile", "end");
        assertThat(received.bytes).hasToString("FROM scratch");
        assertThat(archive).hasContent("archive");
        assertThat(frames).hasSize(2);
        assertThat(frames.getLast().outputs().getFirst().bytes()).asString().isEqualTo("two");
    }

    @Test
    void directoriesThatWereNotOfferedAreNamed() {
        FakeDaemon.Build build = (message, session) -> {
            session.receive(new DirectoryRequest("other", List.of(), List.of(), List.of()), new Counting());
            return SolveResponse.getDefaultInstance();
        };
        try (FakeDaemon daemon = daemon(build);
                Client client = RemoteDaemon.connect(daemon.address())) {
            assertThatThrownBy(() -> client.solve(request(Map.of(), List.of()), frame -> {}))
                    .isInstanceOfSatisfying(
                            ClientFault.class, fault -> assertThat(fault.kind()).isEqualTo(Kind.NOT_FOUND))
                    .hasMessage("local directory other not enabled");
        }
    }

    @Test
    void anInterruptCancelsTheBuild() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        FakeDaemon.Build build = (message, session) -> {
            begun.countDown();
            new CountDownLatch(1).await();
            throw new WireFault(Kind.INTERNAL, "never");
        };
        try (FakeDaemon daemon = daemon(build);
                Client client = RemoteDaemon.connect(daemon.address())) {
            Thread building = Thread.ofPlatform().start(() -> {
                try {
                    client.solve(request(Map.of(), List.of()), frame -> {});
                } catch (RuntimeException | InterruptedException failed) {
                    thrown.set(failed);
                }
            });
            begun.await();
            building.interrupt();
            assertThat(building.join(Duration.ofSeconds(5))).isTrue();
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            assertThat(daemon.cancelled.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aDaemonThatIsNotThereIsNamed() {
        String address = "unix://" + directory.resolve("none.sock");
        assertThatThrownBy(() -> RemoteDaemon.connect(address))
                .isInstanceOfSatisfying(
                        ClientFault.class, fault -> assertThat(fault.kind()).isEqualTo(Kind.UNAVAILABLE))
                .hasMessageContaining(address);
        assertThatThrownBy(() -> RemoteDaemon.connect("nonsense")).isInstanceOf(ClientFault.class);
    }
}
