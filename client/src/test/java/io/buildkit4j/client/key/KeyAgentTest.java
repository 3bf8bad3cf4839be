package io.buildkit4j.client.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.client.ClientFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against OpenSSH's own programs. */
@Timeout(60)
class KeyAgentTest {
    @TempDir
    Path folder;

    private String run(String... command) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().put("SSH_AUTH_SOCK", folder.resolve("agent.sock").toString());
        int exit = builder.start().waitFor();
        String said = Files.readString(out);
        assertThat(exit).as("%s: %s", List.of(command), said).isZero();
        return said;
    }

    private Path key(String type, int bits, String... more) throws IOException, InterruptedException {
        Path key = folder.resolve("key-" + type + bits);
        String[] command = new String[13 + more.length];
        List<String> words = List.of(
                "ssh-keygen",
                "-q",
                "-t",
                type,
                "-b",
                Integer.toString(bits),
                "-N",
                "",
                "-C",
                "of " + type,
                "-f",
                key.toString(),
                "-q");
        words.toArray(command);
        System.arraycopy(more, 0, command, 13, more.length);
        run(command);
        return key;
    }

    /** Carries bytes between one connection and the agent. */
    private static void serve(SocketChannel peer, ByteChannel agent) {
        Thread.ofVirtual().start(() -> {
            try (peer) {
                copy(agent, peer);
            } catch (IOException gone) {
                throw new UncheckedIOException(gone);
            }
        });
        try (agent) {
            copy(peer, agent);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private static void copy(ByteChannel from, ByteChannel to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(7); // so that messages come in pieces
        while (from.read(buffer) >= 0) {
            to.write(buffer.flip());
            buffer.clear();
        }
    }

    private interface Use {
        void run() throws IOException, InterruptedException;
    }

    private void listening(List<Path> keys, Use use) throws IOException, InterruptedException {
        Path socket = folder.resolve("agent.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        SocketChannel peer = server.accept();
                        Thread.ofVirtual().start(() -> serve(peer, KeyAgent.of(keys)));
                    }
                } catch (IOException closed) {
                    // the test is over
                }
            });
            use.run();
        } finally {
            Files.deleteIfExists(socket);
        }
    }

    @ParameterizedTest
    @CsvSource({"ed25519, 256", "rsa, 2048", "ecdsa, 256", "ecdsa, 384", "ecdsa, 521"})
    void sshAcceptsWhatItSigns(String type, int bits) throws IOException, InterruptedException {
        Path key = key(type, bits);
        listening(List.of(key), () -> {
            assertThat(run("ssh-add", "-L"))
                    .contains(Files.readString(Path.of(key + ".pub")).strip());
            // signs something with the key and checks the signature
            run("ssh-add", "-T", key + ".pub");
        });
    }

    @Test
    void rsaInPemIsAKeyToo() throws IOException, InterruptedException {
        Path key = key("rsa", 2048, "-m", "PEM");
        assertThat(key).content().contains("BEGIN RSA PRIVATE KEY");
        listening(List.of(key, key("ed25519", 256)), () -> {
            assertThat(run("ssh-add", "-L").lines()).hasSize(2);
            run("ssh-add", "-T", key + ".pub");
        });
    }

    @Test
    void otherRequestsAreDeclined() throws IOException {
        try (KeyAgent agent = KeyAgent.of(List.of())) {
            ByteBuffer answer = ByteBuffer.allocate(16);
            agent.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 1, 19, 0, 0, 0, 1, 13}));
            agent.read(answer);
            assertThat(answer.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {0, 0, 0, 1, 5, 0, 0, 0, 1, 5}));
            assertThatThrownBy(() -> agent.write(ByteBuffer.allocate(1 << 20))).hasMessageContaining("too long");
        }
    }

    @Test
    void whatIsNoUsableKeyIsNamed() throws IOException, InterruptedException {
        Path locked = folder.resolve("locked");
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "password", "-f", locked.toString());
        assertThatThrownBy(() -> KeyAgent.of(List.of(locked)))
                .isInstanceOf(ClientFault.class)
                .hasMessageContaining(locked.toString())
                .hasMessageContaining("encrypted");
        Path text = Files.writeString(folder.resolve("text"), "no key");
        assertThatThrownBy(() -> KeyAgent.of(List.of(text))).hasMessageContaining(text.toString());
        assertThatThrownBy(() -> KeyAgent.of(List.of(folder.resolve("none")))).hasMessageContaining("none");
    }
}
