package io.buildkit4j.client.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.wire.Session.Credentials;
import io.buildkit4j.wire.WireFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerLoginsTest {
    @TempDir
    Path directory;

    private DockerLogins logins;

    @BeforeEach
    void open() {
        logins = new DockerLogins(Map.of("DOCKER_CONFIG", directory.toString()));
    }

    private void config(String text) throws IOException {
        Files.writeString(directory.resolve("config.json"), text);
    }

    @Test
    void noFileIsNoLogin() throws InterruptedException {
        assertThat(logins.credentials("host")).isEmpty();
    }

    @Test
    void whatTheFileHolds() throws IOException, InterruptedException {
        config("""
            {"auths": {"a.example:5000": {"auth": "bWU6cGE6c3M="},
                       "https://b.example/v1/": {"identitytoken": "tok"},
                       "https://index.docker.io/v1/": {"username": "u", "password": "p"}}}""");
        assertThat(logins.credentials("a.example:5000")).contains(new Credentials("me", "pa:ss"));
        assertThat(logins.credentials("b.example")).contains(new Credentials("", "tok"));
        assertThat(logins.credentials("registry-1.docker.io")).contains(new Credentials("u", "p"));
        assertThat(logins.credentials("c.example")).isEmpty();
    }

    @Test
    void garbledFilesAreNamed() throws IOException {
        config("{");
        assertThatThrownBy(() -> logins.credentials("host"))
                .isInstanceOf(WireFault.class)
                .hasMessageContaining("config.json");
        config("{\"auths\": {\"host\": {\"auth\": \"%%%\"}}}");
        assertThatThrownBy(() -> logins.credentials("host"))
                .isInstanceOf(WireFault.class)
                .hasMessageContaining("log in again");
    }

    @Test
    void aProgramThatIsMissingIsNamed() throws IOException {
        config("{\"credHelpers\": {\"host\": \"no-such-program\"}}");
        assertThatThrownBy(() -> logins.credentials("host"))
                .isInstanceOf(WireFault.class)
                .hasMessageContaining("docker-credential-no-such-program");
    }
}
