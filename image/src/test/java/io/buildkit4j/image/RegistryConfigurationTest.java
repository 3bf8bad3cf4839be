package io.buildkit4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Mirrors, certificates and logins, against the distribution project's registry. */
@Timeout(60)
@EnabledIf(value = "installed", disabledReason = "needs docker-registry, htpasswd and openssl")
class RegistryConfigurationTest {
    private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);
    private static final Descriptor BLOB = Descriptor.of(MediaTypes.OCI_LAYER, Digest.of(CONTENT), CONTENT.length);

    @TempDir
    Path directory;

    static boolean installed() {
        return LoopbackRegistry.installed()
                && Files.isExecutable(Path.of("/usr/bin/htpasswd"))
                && Files.isExecutable(Path.of("/usr/bin/openssl"));
    }

    private static String tool(Path folder, String... line) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", "");
        Process process = new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        String said = process.waitFor() == 0 ? "" : Files.readString(out);
        assertThat(said).as(String.join(" ", line)).isEmpty();
        return Files.readString(out);
    }

    /** A self-signed certificate for 127.0.0.1, as cert.pem and key.pem. */
    private static void certify(Path folder) throws IOException, InterruptedException {
        String line = "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=test"
                + " -addext subjectAltName=IP:127.0.0.1";
        tool(folder, line.split(" ", -1));
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name));
    }

    private static byte[] manifest() {
        return new Manifest(
                        MediaTypes.OCI_MANIFEST,
                        Descriptor.of(MediaTypes.OCI_CONFIG, Digest.ofText("{}"), 2),
                        List.of(BLOB),
                        Map.of())
                .bytes();
    }

    private static void push(Registries registries, String name, CredentialSource credentials)
            throws InterruptedException {
        Repository repository = registries.openForPush(Reference.parse(name), credentials, false);
        repository.push(BLOB, (blob, offset) -> new ByteArrayInputStream(CONTENT), sent -> {});
        byte[] empty = "{}".getBytes(StandardCharsets.UTF_8);
        repository.push(
                Descriptor.of(MediaTypes.OCI_CONFIG, Digest.of(empty), 2),
                (blob, offset) -> new ByteArrayInputStream(empty),
                sent -> {});
        repository.pushManifest(MediaTypes.OCI_MANIFEST, manifest(), Optional.of("t"));
    }

    private static String pull(Registries registries, String name, CredentialSource credentials)
            throws IOException, InterruptedException {
        Repository repository = registries.open(Reference.parse(name), credentials);
        assertThat(repository.manifest(repository.resolve().digest()).bytes()).isEqualTo(manifest());
        try (InputStream in = repository.open(BLOB, 0)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aMirrorIsAskedFirstAndTheRegistryItselfForWhatItLacks() throws IOException, InterruptedException {
        List<String> answered = new ArrayList<>();
        try (LoopbackRegistry mirror = LoopbackRegistry.start(folder("mirror"));
                LoopbackRegistry origin = LoopbackRegistry.start(folder("origin"));
                HostileServer broken = new HostileServer((request, out) -> {
                    answered.add(request.target());
                    HostileServer.text(out, "500 Broken", "");
                });
                Registries plain = new Registries(Map.of());
                Registries registries = new Registries(Map.of(
                        "docker.io",
                        new RegistryHost(false, false, List.of(mirror.host() + "/hub"), RegistryHost.Trust.USUAL),
                        origin.host(),
                        new RegistryHost(
                                true, false, List.of(broken.host(), mirror.host()), RegistryHost.Trust.USUAL)))) {
            push(plain, mirror.host() + "/hub/library/base:t", CredentialSource.ANONYMOUS);
            push(plain, origin.host() + "/own:t", CredentialSource.ANONYMOUS);
            assertThat(pull(registries, "base:t", CredentialSource.ANONYMOUS)).isEqualTo("content");
            assertThat(pull(registries, origin.host() + "/own:t", CredentialSource.ANONYMOUS))
                    .isEqualTo("content");
            assertThat(answered).isNotEmpty().allMatch(target -> target.endsWith("?ns=" + origin.host()));
        }
    }

    @Test
    void aMirrorThatBreaksOffDoesNotBreakThePull() throws IOException, InterruptedException {
        try (LoopbackRegistry origin = LoopbackRegistry.start(folder("origin"));
                HostileServer mirror = new HostileServer((request, out) -> {
                    boolean blob = request.target().contains("/blobs/");
                    if (blob) {
                        HostileServer.head(out, "200 OK", "Content-Length: " + CONTENT.length);
                        breakOff(out);
                    } else {
                        HostileServer.text(out, "404 Not Found", "");
                    }
                });
                Registries registries = new Registries(Map.of(
                        origin.host(),
                        new RegistryHost(true, false, List.of(mirror.host()), RegistryHost.Trust.USUAL)))) {
            push(registries, origin.host() + "/own:t", CredentialSource.ANONYMOUS);
            assertThat(pull(registries, origin.host() + "/own:t", CredentialSource.ANONYMOUS))
                    .isEqualTo("content");
        }
    }

    private static void breakOff(OutputStream out) throws IOException {
        out.write('c');
        out.flush();
    }

    @Test
    void anAuthorityOfItsOwnAndACertificateThatTheRegistryAsksFor() throws IOException, InterruptedException {
        Path pki = folder("pki");
        certify(pki);
        Path certificate = pki.resolve("cert.pem");
        Path key = pki.resolve("key.pem");
        String tls = ", tls: {certificate: %s, key: %s, clientcas: [%s]}".formatted(certificate, key, certificate);
        RegistryHost.Trust complete =
                new RegistryHost.Trust(List.of(certificate), List.of(new RegistryHost.Pair(key, certificate)));
        try (LoopbackRegistry registry = LoopbackRegistry.start(folder("registry"), tls, "")) {
            String name = registry.host() + "/a:t";
            try (Registries registries =
                    new Registries(Map.of(registry.host(), new RegistryHost(false, false, List.of(), complete)))) {
                push(registries, name, CredentialSource.ANONYMOUS);
                assertThat(pull(registries, name, CredentialSource.ANONYMOUS)).isEqualTo("content");
            }
            try (Registries strangers = new Registries(Map.of(registry.host(), new RegistryHost(false, false)))) {
                assertThatThrownBy(() -> pull(strangers, name, CredentialSource.ANONYMOUS))
                        .isInstanceOf(ImageFault.class)
                        .hasMessageContaining("certificate of its own must be configured");
            }
            RegistryHost.Trust absent = new RegistryHost.Trust(List.of(pki.resolve("none.pem")), List.of());
            try (Registries wrong =
                    new Registries(Map.of(registry.host(), new RegistryHost(false, false, List.of(), absent)))) {
                assertThatThrownBy(() -> pull(wrong, name, CredentialSource.ANONYMOUS))
                        .isInstanceOf(ImageFault.class)
                        .hasMessageContaining("none.pem");
            }
        }
    }

    @Test
    void aRegistryWithPasswordsLetsInWhoKnowsOne() throws IOException, InterruptedException {
        Path folder = folder("registry");
        tool(folder, "htpasswd", "-Bbc", "users", "somebody", "pass:word");
        String section = "auth: {htpasswd: {realm: test, path: \"" + folder.resolve("users") + "\"}}";
        CredentialSource login = host -> Optional.of(new CredentialSource.Credentials("somebody", "pass:word"));
        try (LoopbackRegistry registry = LoopbackRegistry.start(folder, "", section);
                Registries registries = new Registries(Map.of())) {
            push(registries, registry.host() + "/a:t", login);
            assertThat(pull(registries, registry.host() + "/a:t", login)).isEqualTo("content");
            assertThatThrownBy(() -> pull(registries, registry.host() + "/a:t", CredentialSource.ANONYMOUS))
                    .isInstanceOf(ImageFault.class)
                    .hasMessageContaining("log in");
        }
    }

    @Test
    void aRegistryWithTokensLetsInWhoGetsOne() throws IOException, InterruptedException, GeneralSecurityException {
        Path pki = folder("pki");
        certify(pki);
        CredentialSource login = host -> Optional.of(new CredentialSource.Credentials("somebody", "secret"));
        try (TokenServer tokens = TokenServer.start(pki, "somebody:secret");
                LoopbackRegistry registry = LoopbackRegistry.start(folder("registry"), "", tokens.section(pki));
                Registries registries = new Registries(Map.of())) {
            push(registries, registry.host() + "/a:t", login);
            assertThat(pull(registries, registry.host() + "/a:t", login)).isEqualTo("content");
            assertThatThrownBy(() -> pull(registries, registry.host() + "/a:t", CredentialSource.ANONYMOUS))
                    .isInstanceOf(ImageFault.class)
                    .hasMessageContaining("log in");
            tokens.shown.clear();
            CredentialSource authority = new CredentialSource() {
                @Override
                public Optional<Credentials> credentials(String host) {
                    throw new AssertionError("a client that gives tokens is not asked for its password");
                }

                @Override
                public Optional<String> token(TokenQuestion question) {
                    assertThat(question.realm()).isEqualTo(tokens.realm());
                    assertThat(question.service()).isEqualTo("test");
                    try {
                        return Optional.of(tokens.token(question.scope()));
                    } catch (GeneralSecurityException failed) {
                        throw new AssertionError(failed);
                    }
                }
            };
            assertThat(pull(registries, registry.host() + "/a:t", authority)).isEqualTo("content");
            assertThat(tokens.shown).isEmpty();
        }
    }
}
