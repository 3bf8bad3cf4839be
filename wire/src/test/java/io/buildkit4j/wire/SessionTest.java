package io.buildkit4j.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.Session.Credentials;
import io.buildkit4j.wire.Session.DirectoryRequest;
import io.buildkit4j.wire.Session.SendTarget;
import io.buildkit4j.wire.proto.control.BytesMessage;
import io.buildkit4j.wire.proto.control.ControlGrpc;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SessionTest {
    private final Map<String, byte[]> stored = new java.util.concurrent.ConcurrentHashMap<>();

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    private final ConnectedSessions sessions = new ConnectedSessions();
    private final TreeFixture tree = new TreeFixture();
    private final AtomicReference<DirectoryRequest> asked = new AtomicReference<>();
    private final AtomicReference<SendTarget> sent = new AtomicReference<>();
    private final AtomicReference<FileTarget> target = new AtomicReference<>();
    private Listener listener;
    private Connection connection;
    private ServedSession served;
    private Session session;

    @BeforeEach
    void connect() throws InterruptedException {
        Address address = new Address.Unix(directory.resolve("daemon.sock"));
        listener = Listener.open(address, List.of(new ControlGrpc.ControlImplBase() {
            @Override
            public StreamObserver<BytesMessage> session(StreamObserver<BytesMessage> responses) {
                return sessions.serve(responses);
            }
        }));
        connection = Connection.open(address);
        served = ServedSession.open(
                connection,
                new SessionOffer(
                        "test",
                        "shared",
                        Optional.of(this::open),
                        Optional.of(this::target),
                        Optional.of(this::login),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(name -> new MemoryContent(name, stored))));
        session = sessions.find(served.id(), PATIENCE).orElseThrow();
    }

    @AfterEach
    void close() {
        served.close();
        connection.close();
        sessions.close();
        listener.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.equals("session") || name.startsWith("connection"));
    }

    private FileSource open(DirectoryRequest request) {
        asked.set(request);
        if (!request.name().equals("context")) {
            throw new WireFault(Kind.NOT_FOUND, "local directory " + request.name() + " not enabled");
        }
        return tree;
    }

    private FileTarget target(SendTarget given) {
        sent.set(given);
        return java.util.Objects.requireNonNull(target.get());
    }

    private Optional<Credentials> login(String host) {
        return host.equals("registry.example") ? Optional.of(new Credentials("me", "word")) : Optional.empty();
    }

    private static DirectoryRequest all(String name) {
        return new DirectoryRequest(name, List.of(), List.of(), List.of());
    }

    private TreeFixture.Receiver receive() throws InterruptedException {
        TreeFixture.Receiver receiver = new TreeFixture.Receiver();
        session.receive(all("context"), receiver);
        assertThat(receiver.finished).isTrue();
        return receiver;
    }

    private void assertReceived(TreeFixture.Receiver receiver) {
        assertThat(receiver.stats).usingRecursiveFieldByFieldElementComparator().isEqualTo(tree.stats());
        assertThat(receiver.contents.keySet()).isEqualTo(tree.contents().keySet());
        receiver.contents.forEach((path, bytes) ->
                assertThat(bytes).as(path).isEqualTo(tree.contents().get(path)));
    }

    @Test
    void itSaysWhatItOffers() throws InterruptedException {
        assertThat(session.id()).isEqualTo(served.id());
        assertThat(session.sharedKey()).isEqualTo("shared");
        assertThat(session.offers("/moby.filesync.v1.FileSync/diffcopy")).isTrue();
        assertThat(session.offers("/moby.buildkit.secrets.v1.Secrets/GetSecret"))
                .isFalse();
        assertThat(session.alive()).isTrue();
        assertThat(session.credentials("registry.example")).contains(new Credentials("me", "word"));
        assertThat(session.credentials("other.example")).isEmpty();
    }

    @Test
    void everyKindOfEntryArrivesAsItWas() throws InterruptedException {
        tree.directory("d")
                .file("d/a", "hello".getBytes(StandardCharsets.UTF_8))
                .file("d-x", new byte[0])
                .file("d/ü\uD83D\uDE00", new byte[70_000])
                .add(new FileStat("d/hard", 0100644, 1, 2, 0, 7, "d/a", 0, Map.of()))
                .add(new FileStat("d/link", 0120777, 0, 0, 6, 7, "../etc", 0, Map.of()))
                .add(new FileStat("d/tty", 0020600, 0, 5, 0, 7, "", 0x12345678L, Map.of()))
                .add(new FileStat("disk", 0060660, 0, 6, 0, 7, "", 0x801L, Map.of()))
                .add(new FileStat("pipe", 0010600, 0, 0, 0, 7, "", 0, Map.of()))
                .add(new FileStat("suid", 0107755, 0, 0, 0, 7, "", 0, Map.of("user.a", new byte[] {0, -1, 127})));
        tree.contents().put("suid", new byte[0]);
        assertReceived(receive());
    }

    @Test
    void manyFilesAndOneLarge() throws InterruptedException {
        Random random = new Random(1);
        for (int i = 0; i < 50; i++) {
            tree.directory("d" + i);
            for (int j = 0; j < 100; j++) {
                byte[] content = new byte[random.nextInt(2000)];
                random.nextBytes(content);
                tree.file("d" + i + "/f" + j, content);
            }
        }
        byte[] large = new byte[100 << 20];
        random.nextBytes(large);
        tree.file("large", large);
        assertReceived(receive());
    }

    @Test
    void whatIsWantedTravelsWithTheRequest() throws InterruptedException {
        DirectoryRequest request = new DirectoryRequest("context", List.of("a b", "c%"), List.of("ü/*"), List.of("x"));
        session.receive(request, new TreeFixture.Receiver());
        assertThat(asked.get()).isEqualTo(request);
        session.receive(all("context"), new TreeFixture.Receiver());
        assertThat(asked.get()).isEqualTo(all("context"));
    }

    @Test
    void anUnknownDirectoryIsNamed() {
        assertThatThrownBy(() -> session.receive(all("other"), new TreeFixture.Receiver()))
                .isInstanceOfSatisfying(
                        WireFault.class, fault -> assertThat(fault.kind()).isEqualTo(Kind.NOT_FOUND))
                .hasMessage("local directory other not enabled");
    }

    @Test
    void aFileThatCannotBeReadFailsTheTransfer() {
        tree.add(new FileStat("gone", 0100644, 0, 0, 3, 7, "", 0, Map.of()));
        assertThatThrownBy(() -> session.receive(all("context"), new TreeFixture.Receiver()))
                .isInstanceOf(WireFault.class)
                .hasMessageContaining("no such file: gone");
    }

    @Test
    void aReceiverThatFailsEndsTheTransfer() throws InterruptedException {
        tree.file("a", new byte[1000]);
        assertThatThrownBy(() -> session.receive(all("context"), new FailingReceiver()))
                .isInstanceOf(WireFault.class)
                .hasMessage("disk full");
        assertReceived(receive());
    }

    private static final class FailingReceiver implements FileReceiver {
        @Override
        public boolean entry(FileStat stat) {
            throw new WireFault(Kind.RESOURCE_EXHAUSTED, "disk full");
        }

        @Override
        public OutputStream content(FileStat stat) {
            return OutputStream.nullOutputStream();
        }

        @Override
        public void finish() {
            throw new IllegalStateException("nothing finished");
        }
    }

    @Test
    void sendersAreHeldToTheProtocol() {
        for (String bad : List.of("../x", "/x", "a//b", "a/b", "")) {
            TreeFixture.Receiver receiver = new TreeFixture.Receiver();
            TreeFixture wrong = new TreeFixture().file(bad, new byte[1]);
            assertThatThrownBy(() -> wrong.walk(new PacketOrder()::check)).isInstanceOf(WireFault.class);
            assertThat(receiver.stats).isEmpty();
        }
    }

    @Test
    void aTreeGoesToTheClient() throws InterruptedException {
        tree.directory("d").file("d/a", new byte[100_000]).file("e", new byte[0]);
        TreeFixture.Receiver receiver = new TreeFixture.Receiver();
        target.set(new FileTarget.Tree(receiver));
        session.send(new SendTarget("2", Map.of("containerimage.digest", "sha256:abc")), tree);
        assertReceived(receiver);
        assertThat(sent.get()).isEqualTo(new SendTarget("2", Map.of("containerimage.digest", "sha256:abc")));
    }

    private static final class Sink implements FileTarget.Bytes {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final List<String> end = new ArrayList<>();

        @Override
        public OutputStream stream() {
            return bytes;
        }

        @Override
        public void finish() {
            end.add("finished");
        }

        @Override
        public void abandon() {
            end.add("abandoned");
        }
    }

    @Test
    void bytesGoToTheClient() throws java.io.IOException, InterruptedException {
        Sink sink = new Sink();
        target.set(sink);
        byte[] content = new byte[5_000_000];
        new Random(2).nextBytes(content);
        try (OutputStream out = session.send(new SendTarget("", Map.of()))) {
            out.write(content);
        }
        assertThat(sink.bytes.toByteArray()).isEqualTo(content);
        assertThat(sink.end).containsExactly("finished");
    }

    @Test
    void aClientThatVanishesEndsWhatWaitsForIt() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        TreeFixture endless = new TreeFixture();
        tree.file("a", new byte[10]);
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                session.receive(all("context"), new StuckReceiver(begun, served::close));
            } catch (RuntimeException | InterruptedException failed) {
                thrown.set(failed);
            }
        });
        begun.await();
        assertThat(waiting.join(PATIENCE)).isTrue();
        assertThat(thrown.get()).isInstanceOf(WireFault.class);
        assertThat(endless.stats()).isEmpty();
        await().until(() -> !session.alive());
        assertThat(sessions.find(served.id(), Duration.ZERO)).isEmpty();
    }

    private record StuckReceiver(CountDownLatch begun, Runnable middle) implements FileReceiver {
        @Override
        public boolean entry(FileStat stat) {
            begun.countDown();
            middle.run();
            return true;
        }

        @Override
        public OutputStream content(FileStat stat) {
            return OutputStream.nullOutputStream();
        }

        @Override
        public void finish() {
            // never reached
        }
    }

    @Test
    void anInterruptEndsATransfer() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                session.receive(all("context"), new WaitingReceiver(begun, never));
            } catch (RuntimeException | InterruptedException failed) {
                thrown.set(failed);
            }
        });
        tree.file("late", new byte[1]);
        begun.await();
        waiting.interrupt();
        assertThat(waiting.join(PATIENCE)).isTrue();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(session.alive()).isTrue();
    }

    private record WaitingReceiver(CountDownLatch begun, CountDownLatch never) implements FileReceiver {
        @Override
        public boolean entry(FileStat stat) throws InterruptedException {
            begun.countDown();
            never.await();
            return false;
        }

        @Override
        public OutputStream content(FileStat stat) {
            return OutputStream.nullOutputStream();
        }

        @Override
        public void finish() throws InterruptedException {
            begun.countDown();
            never.await();
        }
    }

    @Test
    void waitingForASessionThatNeverComes() throws InterruptedException {
        assertThat(sessions.find("nobody", Duration.ofMillis(20))).isEmpty();
    }

    @Test
    void contentGoesBothWays() throws IOException, InterruptedException {
        byte[] bytes = new byte[5_000_001];
        new Random(2).nextBytes(bytes);
        SessionContent content = session.content("export");
        assertThat(content.size("sha256:one")).isEmpty();
        content.put("sha256:one", bytes.length, new ByteArrayInputStream(bytes));
        content.put("sha256:none", 0, new ByteArrayInputStream(new byte[0]));
        assertThat(content.size("sha256:one")).contains((long) bytes.length);
        assertThat(content.size("sha256:none")).contains(0L);
        content.put("sha256:one", bytes.length, new ByteArrayInputStream(bytes));
        try (InputStream in = content.open("sha256:one", 1_000_000)) {
            assertThat(in.readAllBytes()).isEqualTo(java.util.Arrays.copyOfRange(bytes, 1_000_000, bytes.length));
        }
        assertThatThrownBy(() -> content.put("sha256:refused", 1, new ByteArrayInputStream(new byte[1])))
                .isInstanceOf(WireFault.class)
                .hasMessageContaining("no room");
        assertThatThrownBy(() -> session.content("other").put("sha256:two", 0, new ByteArrayInputStream(new byte[0])))
                .isInstanceOf(WireFault.class)
                .hasMessageContaining("unknown store other");
    }
}
