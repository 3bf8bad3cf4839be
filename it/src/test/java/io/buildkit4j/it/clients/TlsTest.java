package io.buildkit4j.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.it.spine.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that is reached over TLS, with certificates made by openssl. */
@Tag("root")
class TlsTest {
    @TempDir
    static Path shared;

    private static Daemon daemon;
    private static String address;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws IOException {
        openssl("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=it -days 2");
        Files.writeString(shared.resolve("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
        for (String side : new String[] {"server", "client"}) {
            openssl("req -newkey rsa:2048 -nodes -keyout " + side + ".key -out " + side + ".csr -subj /CN=" + side);
            openssl("x509 -req -in " + side
                    + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out " + side + ".pem");
        }
        daemon = Daemon.start(
                Files.createDirectories(shared.resolve("d")),
                "--tlscert",
                shared.resolve("server.pem").toString(),
                "--tlskey",
                shared.resolve("server.key").toString(),
                "--tlscacert",
                shared.resolve("ca.pem").toString());
        address = daemon.tcp();
    }

    private static void openssl(String words) {
        Program.of("openssl").with(words.split(" ", -1)).in(shared).run().succeeded();
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    private static Outcome buildctl(String... more) {
        return Program.buildctl("--addr", address, "--tlscacert", shared + "/ca.pem")
                .with(more)
                .run();
    }

    @Test
    void aClientWithACertificateIsServed() {
        assertThat(buildctl("--tlscert", shared + "/client.pem", "--tlskey", shared + "/client.key", "debug", "info")
                        .succeeded()
                        .out())
                .contains("BuildKit");
    }

    @Test
    void aClientWithoutOneGetsNothing() {
        assertThat(buildctl("debug", "info").failed().out()).isEmpty();
        assertThat(Program.buildctl("--addr", address, "debug", "info")
                        .run()
                        .failed()
                        .out())
                .isEmpty();
    }

    @Test
    void aClientThatTrustsAnotherAuthorityRefusesTheDaemon() {
        openssl("req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.pem -subj /CN=other -days 2");
        Outcome refused = Program.buildctl("--addr", address, "--tlscacert", shared + "/other.pem", "debug", "info")
                .run()
                .failed();
        assertThat(refused.err()).contains("cannot reach the daemon at " + address);
    }

    @Test
    void buildxBuilds() throws IOException {
        String options =
                "cacert=%1$s/ca.pem,cert=%1$s/client.pem,key=%1$s/client.key,servername=localhost".formatted(shared);
        Buildx buildx = new Buildx(Files.createDirectories(folder.resolve("home")), address, "--driver-opt", options);
        Context context = new Context(folder.resolve("context")).dockerfile("FROM scratch\nCOPY busybox /there\n");
        Path tree = folder.resolve("tree");
        buildx.run("build", "--output=" + tree, context.folder().toString()).succeeded();
        assertThat(tree.resolve("there")).exists();
    }
}
