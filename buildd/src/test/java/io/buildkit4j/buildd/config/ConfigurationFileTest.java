package io.buildkit4j.buildd.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.RegistryHost;
import io.buildkit4j.store.Snapshotter;
import io.buildkit4j.worker.Entitlement;
import io.buildkit4j.worker.WorkerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationFileTest {
    private static final String EVERYTHING = """
            root = "/srv/state"
            debug = true
            insecure-entitlements = ["network.host"]
            [grpc]
            address = ["unix:///run/a.sock", "tcp://127.0.0.1:1234"]
            [worker.oci]
            enabled = true
            binary = "crun"
            snapshotter = "native"
            networkMode = "bridge"
            bridgeName = "br1"
            bridgeSubnet = "10.20.0.0/20"
            cniPoolSize = 3
            defaultCgroupParent = "builds"
            pidsLimit = 99
            platforms = ["linux/amd64", "linux/arm/v7"]
            max-parallelism = 4
            labels."site.rack" = "7"
            [dns]
            nameservers = ["9.9.9.9"]
            searchDomains = ["a.b"]
            [sources]
            denyPrivateAddresses = true
            [registry."docker.io"]
            insecure = true
            [registry."localhost:5000"]
            http = true
            insecure = true
            """;

    @TempDir
    Path folder;

    private Configuration read(String text) throws IOException {
        return ConfigurationFile.read(Files.writeString(folder.resolve("buildkitd.toml"), text));
    }

    @Test
    void readsEveryKey() throws IOException {
        Configuration read = read(EVERYTHING);
        assertThat(read)
                .isEqualTo(new Configuration(
                        Path.of("/srv/state"),
                        true,
                        List.of("unix:///run/a.sock", "tcp://127.0.0.1:1234"),
                        new Configuration.Worker(
                                true,
                                Optional.of("crun"),
                                List.of(Platform.of("linux", "amd64", ""), Platform.of("linux", "arm", "v7")),
                                Map.of("site.rack", "7"),
                                4,
                                Storage.DEFAULT,
                                Snapshotter.NATIVE,
                                new WorkerSettings(
                                        new WorkerSettings.Network.Bridge("br1", 0x0a140000, 20, 3),
                                        "builds",
                                        99,
                                        new WorkerSettings.Names(List.of("9.9.9.9"), List.of(), List.of("a.b")),
                                        true)),
                        ContainerdWorker.DEFAULT,
                        Map.of(
                                "docker.io",
                                new RegistryHost(false, true),
                                "localhost:5000",
                                new RegistryHost(true, true)),
                        Set.of(Entitlement.NETWORK_HOST),
                        Optional.empty()));
    }

    @Test
    void devicesAreDescribedWhereTheFileSays() throws IOException {
        assertThat(read("").worker().settings().devices()).isEqualTo(WorkerSettings.Devices.USUAL);
        Configuration read = read("""
                [cdi]
                specDirs = ["/a", "/b"]
                autoAllowed = ["vendor.com/thing"]
                """);
        assertThat(read.worker().settings().devices())
                .isEqualTo(
                        new WorkerSettings.Devices(List.of(Path.of("/a"), Path.of("/b")), List.of("vendor.com/thing")));
        assertThat(read("cdi.disabled = true").worker().settings().devices()).isEqualTo(WorkerSettings.Devices.NONE);
    }

    @Test
    void registriesHaveMirrorsAndCertificates() throws IOException {
        Path docker = Files.createDirectory(folder.resolve("certs.d"));
        for (String name : List.of("ca.crt", "client.cert", "client.key", "README")) {
            Files.createFile(docker.resolve(name));
        }
        Configuration read = read("""
                [registry."docker.io"]
                mirrors = ["mirror.example.org", "other.example.org/hub"]
                [registry."localhost:5000"]
                mirrors = ["m.example.org"]
                [registry."r.example.org"]
                ca = ["/etc/ca.pem"]
                tlsconfigdir = ["%s"]
                [[registry."r.example.org".keypair]]
                key = "/etc/key.pem"
                cert = "/etc/cert.pem"
                """.formatted(docker));
        var named = new RegistryHost.Pair(Path.of("/etc/key.pem"), Path.of("/etc/cert.pem"));
        var found = new RegistryHost.Pair(docker.resolve("client.key"), docker.resolve("client.cert"));
        assertThat(read.registries())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "docker.io",
                        new RegistryHost(
                                false,
                                false,
                                List.of("mirror.example.org", "other.example.org/hub"),
                                RegistryHost.Trust.USUAL),
                        "localhost:5000",
                        new RegistryHost(true, false, List.of("m.example.org"), RegistryHost.Trust.USUAL),
                        "r.example.org",
                        new RegistryHost(
                                false,
                                false,
                                List.of(),
                                new RegistryHost.Trust(
                                        List.of(Path.of("/etc/ca.pem"), docker.resolve("ca.crt")),
                                        List.of(named, found)))));
    }

    @Test
    void anEmptyFileSaysNothing() throws IOException {
        assertThat(read("# nothing\n")).isEqualTo(Configuration.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    rot = "/x"                              | :1: rot is not a known key; did you mean root?
                    [worker.oci]\\nbinery = "x"             | :2: worker.oci.binery is not a known key; did you mean worker.oci.binary?
                    [wroker.oci]\\nbinary = "x"             | :1: wroker is not a known key; did you mean worker?
                    completely = "different"                | :1: completely is not a known key
                    \\n\\n[registry."a.b"]\\nhtpp = true    | :4: registry.a.b.htpp is not a known key; did you mean registry.a.b.http?
                    debug = "yes"                           | :1: debug must be true or false
                    [worker.oci]\\nmax-parallelism = -1     | :2: worker.oci.max-parallelism must be a whole number of at least 0
                    [grpc]\\naddress = [1]                  | :2: grpc.address must be a list of texts
                    grpc = "x"                              | :1: grpc is a table, not a value
                    [worker.oci]\\nplatforms = ["a/b/c/d"]    | :2: worker.oci.platforms holds no platform:
                    [worker.oci]\\nrootless = true          | :2: worker.oci.rootless is a setting of the original that this daemon does not support; remove it
                    [worker.containerd]\\nadress = "x"      | :2: worker.containerd.adress is not a known key; did you mean worker.containerd.address?
                    [worker.containerd]\\nselinux = true    | :2: worker.containerd.selinux is a setting of the original that this daemon does not support; remove it
                    [worker.oci]\\nnetworkMode = "x"       | :2: worker.oci.networkMode must be auto, host, none, bridge or cni, not x
                    [worker.oci]\\nnetworkMode = "bridge"\\nbridgeSubnet = "10.1.1.1/16" | :3: worker.oci.bridgeSubnet must be a subnet
                    [registry."a.b"]\\nkeypair = [{key = "x"}]   | :2: registry.a.b.keypair must be tables, each of the files key and cert
                    root = /x                               | :1: Unexpected '/'
                    """)
    void whatIsNotUnderstoodIsNamedWithItsLine(String text, String message) {
        assertThatThrownBy(() -> read(text.replace("\\n", "\n")))
                .isInstanceOf(DaemonFault.class)
                .hasMessageStartingWith(folder.resolve("buildkitd.toml") + message);
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> ConfigurationFile.read(folder.resolve("absent.toml")))
                .isInstanceOf(DaemonFault.class)
                .hasMessage("configuration file does not exist: " + folder.resolve("absent.toml"));
    }
}
