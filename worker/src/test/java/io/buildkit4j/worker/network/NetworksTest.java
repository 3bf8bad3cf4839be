package io.buildkit4j.worker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.buildkit4j.worker.Isolation;
import io.buildkit4j.worker.ProcessExit;
import io.buildkit4j.worker.ProcessRequest;
import io.buildkit4j.worker.WorkerFault;
import io.buildkit4j.worker.WorkerSettings;
import io.buildkit4j.worker.process.RuncExecutor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Networks of steps, on a bridge that only this test uses. */
@Tag("root")
@Timeout(60)
@EnabledIf(value = "possible", disabledReason = "needs ip, nft, and a kernel with bridges and veth")
class NetworksTest {
    @TempDir
    Path directory;

    private final String name = "bkt" + ThreadLocalRandom.current().nextInt(100_000);
    private final int base = 10 << 24 | (128 + ThreadLocalRandom.current().nextInt(120)) << 16;
    private RuncExecutor executor;
    private Path root;
    private HttpServer server;

    static boolean possible() throws IOException {
        boolean tools = Files.isExecutable(Path.of("/usr/sbin/nft")) && Files.isExecutable(Path.of("/bin/busybox"));
        String probe = "bkp" + ThreadLocalRandom.current().nextInt(100_000);
        boolean kernel = tools
                && Tool.run(List.of("ip", "link", "add", probe, "type", "veth"), "", Map.of())
                        .succeeded();
        Tool.run(List.of("ip", "link", "del", probe), "", Map.of());
        return kernel;
    }

    @BeforeEach
    void prepare() throws IOException {
        root = Files.createDirectory(directory.resolve("root"));
        Files.copy(Path.of("/bin/busybox"), root.resolve("busybox"));
        executor = RuncExecutor.open("runc", Files.createDirectory(directory.resolve("state")));
        server = HttpServer.create(new InetSocketAddress(0), 0);
        server.createContext("/", exchange -> {
            byte[] caller =
                    exchange.getRemoteAddress().getAddress().getHostAddress().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, caller.length);
            exchange.getResponseBody().write(caller);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void nothingIsLeft() {
        server.stop(0);
        executor.close();
        assertThat(Namespaces.named(name)).isEmpty();
        Tool.run(List.of("ip", "link", "del", name), "", Map.of());
        Tool.run(List.of("nft", "delete", "table", "ip", "buildkit4j_" + name), "", Map.of());
    }

    private WorkerSettings settings(WorkerSettings.Network network) {
        return new WorkerSettings(network, "", 0, WorkerSettings.Names.HOST, false);
    }

    private WorkerSettings bridge(int pool) {
        return settings(new WorkerSettings.Network.Bridge(name, base, 16, pool));
    }

    private String run(Isolation.Network network, String script) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ProcessRequest request = new ProcessRequest(
                root,
                false,
                new ProcessRequest.Command(
                        List.of("/busybox", "sh", "-c", script),
                        List.of("PATH=/"),
                        "/",
                        ProcessRequest.Identity.ROOT,
                        List.of()),
                List.of(),
                new Isolation(network, false, "h", List.of(), "", Optional.empty()));
        ProcessExit exit = executor.run(request, (stream, bytes, offset, length) -> {
            synchronized (out) {
                out.write(bytes, offset, length);
            }
        });
        return out.toString(StandardCharsets.UTF_8).strip() + " " + exit.code();
    }

    private String address(int place) {
        return new WorkerSettings.Network.Bridge(name, base, 16, 0).address(place);
    }

    @Test
    void stepsReachTheMachineButNotEachOther() throws InterruptedException {
        try (Networks networks = Networks.open(bridge(1));
                Networks.Held one = networks.take(true);
                Networks.Held two = networks.take(true)) {
            String url = "http://" + address(1) + ":" + server.getAddress().getPort();
            assertThat(run(one.network(), "busybox wget -q -O - " + url)).isEqualTo(address(2) + " 0");
            assertThat(run(two.network(), "busybox wget -q -O - " + url)).isEqualTo(address(3) + " 0");
            assertThat(run(one.network(), "busybox ping -c 1 -W 1 " + address(1) + " >/dev/null"))
                    .isEqualTo(" 0");
            assertThat(run(one.network(), "busybox ping -c 1 -W 1 " + address(3) + " >/dev/null"))
                    .isEqualTo(" 1");
            assertThat(run(one.network(), "busybox grep -c 'nameserver 127' /etc/resolv.conf"))
                    .isEqualTo("0 1");
            assertThat(Files.exists(Namespaces.path(name + "-0-1"))).isTrue();
        }
    }

    @Test
    void aNetworkThatCouldBeChangedIsNotGivenToAnother() throws InterruptedException {
        try (Networks networks = Networks.open(bridge(4))) {
            networks.take(true).close();
            assertThat(Namespaces.named(name)).hasSize(1);
            networks.take(false).close();
            assertThat(Namespaces.named(name)).isEmpty();
        }
    }

    @Test
    void whatAKilledDaemonLeftIsTakenApart() {
        Tool.must(List.of("ip", "netns", "add", name + "-0-7"), "");
        try (Networks _ = Networks.open(bridge(0));
                Networks _ = Networks.open(bridge(0))) {
            assertThat(Namespaces.named(name)).isEmpty();
        }
    }

    @Test
    void plugInsAreToldOfEachNetwork() throws IOException, InterruptedException {
        Path binaries = Path.of("/usr/lib/cni");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.isExecutable(binaries.resolve("host-local")));
        Path leases = directory.resolve("leases");
        Path file = Files.writeString(directory.resolve("cni.json"), """
                {"cniVersion": "1.0.0", "name": "it", "plugins": [
                  {"type": "bridge", "bridge": "%s", "isGateway": true,
                   "ipam": {"type": "host-local", "dataDir": "%s", "ranges": [[{"subnet": "%s/24"}]],
                            "routes": [{"dst": "0.0.0.0/0"}]}},
                  {"type": "tuning"}]}
                """.formatted(name, leases, address(0)));
        WorkerSettings settings = settings(new WorkerSettings.Network.PlugIns(file, binaries, 0));
        try (Networks networks = Networks.open(settings)) {
            Isolation.Network given;
            try (Networks.Held held = networks.take(true)) {
                given = held.network();
                String url = "http://" + address(1) + ":" + server.getAddress().getPort();
                assertThat(run(held.network(), "busybox wget -q -O - " + url)).isEqualTo(address(2) + " 0");
                assertThat(leases.resolve("it/" + address(2))).exists();
            }
            assertThat(leases.resolve("it/" + address(2))).doesNotExist();
            assertThat(given)
                    .isInstanceOfSatisfying(
                            Isolation.Network.Inside.class,
                            inside -> assertThat(inside.namespace()).doesNotExist());
        }
        WorkerSettings absent = settings(new WorkerSettings.Network.PlugIns(file, directory, 0));
        try (Networks networks = Networks.open(absent)) {
            assertThatThrownBy(() -> networks.take(true))
                    .isInstanceOf(WorkerFault.class)
                    .hasMessageContaining("no bridge");
        }
    }
}
