package io.buildkit4j.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Registries;
import io.buildkit4j.llb.SourceId;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.solver.Job;
import io.buildkit4j.solver.Solver;
import io.buildkit4j.solver.SolverOptions;
import io.buildkit4j.solver.Solvers;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import io.buildkit4j.wire.Address;
import io.buildkit4j.wire.ConnectedSessions;
import io.buildkit4j.wire.Connection;
import io.buildkit4j.wire.Listener;
import io.buildkit4j.wire.ServedSession;
import io.buildkit4j.wire.SessionOffer;
import io.buildkit4j.wire.proto.control.BytesMessage;
import io.buildkit4j.wire.proto.control.ControlGrpc;
import io.buildkit4j.worker.source.git.GitLogin;
import io.buildkit4j.worker.source.git.GitServer;
import io.buildkit4j.worker.source.git.SshServer;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Sources that ask who is there, and a client that says it through a real session. */
@Tag("root")
@Timeout(60)
class SourceAccessTest {
    @TempDir
    Path directory;

    private final Registries registries = new Registries(Map.of());
    private final ConnectedSessions sessions = new ConnectedSessions();
    private final Map<String, String> secrets = new ConcurrentHashMap<>();
    private final Map<String, Path> agents = new ConcurrentHashMap<>();
    private Listener listener;
    private Connection connection;
    private ServedSession served;
    private Store store;
    private Worker worker;
    private Solver<Ref> solver;
    private Path upstream;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        Address address = new Address.Unix(directory.resolve("d.sock"));
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
                        "",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(id -> Optional.ofNullable(secrets.get(id))
                                .map(value -> value.getBytes(StandardCharsets.UTF_8))),
                        Optional.of(this::agent),
                        Optional.empty()));
        store = Store.open(directory.resolve("store"));
        worker = Worker.open(new WorkerOptions(
                List.of(new Crew("test", Map.of(), List.of(Platform.host()), new Crew.Runner.Oci("runc"))),
                directory.resolve("worker"),
                store,
                registries,
                sessions,
                WorkerSettings.DEFAULT));
        solver = Solvers.create(worker.results(), worker.keys(), SolverOptions.parallel(2));
        makeUpstream();
    }

    private SocketChannel agent(String id) {
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(agents.get(id)));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void makeUpstream() throws IOException, InterruptedException {
        upstream = Files.createDirectory(directory.resolve("upstream"));
        Files.writeString(upstream.resolve("file"), "from git");
        for (String line : List.of(
                "git init --quiet --initial-branch=main .",
                "git add --all",
                "git -c user.name=T -c user.email=t@localhost commit --quiet --message=one")) {
            assertThat(new ProcessBuilder(line.split(" ", -1))
                            .directory(upstream.toFile())
                            .start()
                            .waitFor())
                    .isZero();
        }
    }

    @AfterEach
    void close() {
        assertThat(store.usage()).noneMatch(record -> record.inUse());
        solver.close();
        worker.close();
        store.close();
        served.close();
        connection.close();
        sessions.close();
        listener.close();
        registries.close();
    }

    private String file(SourceId source, String path) throws InterruptedException {
        try (Job<Ref> job = solver.open("job", served.id(), event -> {});
                Ref ref = job.solve(worker.load(Sources.state(source).marshal(), Grants.of(served.id()))
                        .orElseThrow())) {
            try (InputStream in = ref.tree().open(ref.tree().find(path, true).orElseThrow())) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    @Test
    void gitIsToldAToken() throws IOException, InterruptedException {
        try (GitServer server = GitServer.start(directory)) {
            server.authorization = GitLogin.token("sesame".getBytes(StandardCharsets.UTF_8));
            SourceId.Git source = Sources.git(server.url("upstream/.git"), "main", false);
            assertThatThrownBy(() -> file(source, "/file"))
                    .isInstanceOf(Fault.class)
                    .hasMessageContaining("GIT_AUTH_TOKEN")
                    .extracting("kind")
                    .isEqualTo(Kind.UNAUTHENTICATED);
            secrets.put("GIT_AUTH_TOKEN", "of another host");
            String host = server.url("").replaceAll("^http://|/$", "");
            secrets.put("GIT_AUTH_TOKEN." + host, "sesame\n");
            assertThat(file(source, "/file")).isEqualTo("from git");
        }
    }

    @Test
    @EnabledIf(value = "sshInstalled", disabledReason = "needs sshd")
    void gitIsLentAnAgent() throws IOException, InterruptedException {
        try (SshServer ssh = SshServer.start(Files.createDirectory(directory.resolve("ssh")))) {
            SourceId.Git plain = Sources.git(ssh.url(upstream.resolve(".git")), "main", false);
            SourceId.Git source = new SourceId.Git(
                    plain.location(),
                    plain.fullUrl(),
                    false,
                    "",
                    false,
                    new SourceId.GitAccess("", "", ssh.hostKey(), "mine"),
                    List.of());
            agents.put("mine", ssh.agent());
            assertThat(file(source, "/file")).isEqualTo("from git");
            agents.put("default", ssh.agent());
            assertThat(file(Sources.git(ssh.url(upstream.resolve(".git")), "main", true), "/file"))
                    .isEqualTo("from git");
        }
    }

    static boolean sshInstalled() {
        return SshServer.installed();
    }

    @Test
    void aServerOfTheWebIsToldAToken() throws IOException, InterruptedException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            boolean known = "Bearer sesame".equals(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.sendResponseHeaders(known ? 200 : 401, known ? 2 : -1);
            exchange.getResponseBody().write(known ? new byte[] {'o', 'k'} : new byte[0]);
            exchange.close();
        });
        server.start();
        try {
            String host = "127.0.0.1:" + server.getAddress().getPort();
            SourceId.Http source = Sources.http("http://" + host + "/x", Optional.empty(), "x");
            assertThatThrownBy(() -> file(source, "/x")).extracting("kind").isEqualTo(Kind.UNAUTHENTICATED);
            secrets.put("HTTP_AUTH_TOKEN_" + host, "sesame");
            assertThat(file(source, "/x")).isEqualTo("ok");
        } finally {
            server.stop(0);
        }
    }
}
