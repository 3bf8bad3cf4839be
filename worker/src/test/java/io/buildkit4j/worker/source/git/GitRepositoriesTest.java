package io.buildkit4j.worker.source.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitRepositoriesTest {
    @TempDir
    Path directory;

    private Path upstream;
    private GitServer server;
    private GitRepositories repositories;
    private String first = "";
    private String second = "";

    @BeforeEach
    void makeUpstream() throws IOException, InterruptedException {
        upstream = Files.createDirectory(directory.resolve("upstream"));
        server = GitServer.start(directory);
        git("init", "--quiet", "--initial-branch=main", ".");
        Files.createDirectories(upstream.resolve("sub/deep"));
        Files.writeString(upstream.resolve("file"), "one");
        Files.writeString(upstream.resolve("sub/deep/inner"), "inside");
        Files.createSymbolicLink(upstream.resolve("link"), Path.of("file"));
        commit("first");
        first = git("rev-parse", "HEAD").strip();
        git("tag", "--annotate", "--message=x", "v1");
        git("branch", "old");
        Files.writeString(upstream.resolve("file"), "two");
        commit("second");
        second = git("rev-parse", "HEAD").strip();
        repositories = new GitRepositories(directory.resolve("state"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String git(String... arguments) throws InterruptedException {
        return new GitCommand(upstream)
                .with("user.name=Test")
                .with("user.email=test@localhost")
                .run(arguments);
    }

    private void commit(String message) throws InterruptedException {
        git("add", "--all");
        git("commit", "--quiet", "--message=" + message);
    }

    private GitUrl url(String fragment) {
        return GitUrl.parse("ignored", server.url("upstream/.git") + fragment);
    }

    private Path checkout(String fragment, boolean keep) throws IOException, InterruptedException {
        Path target = Files.createTempDirectory(directory, "target");
        GitRemote remote = new GitRemote(url(fragment), GitLogin.NONE);
        checkout(remote, new GitRepositories.Checkout(target, keep, true));
        return target;
    }

    private void checkout(GitRemote remote, GitRepositories.Checkout checkout) throws InterruptedException {
        repositories.checkout(remote, repositories.resolve(remote), checkout);
    }

    private String resolve(String fragment) throws InterruptedException {
        return repositories.resolve(new GitRemote(url(fragment), GitLogin.NONE));
    }

    private static List<String> names(Path path) throws IOException {
        try (Stream<Path> entries = Files.list(path)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void namesOfAllKindsBecomeCommits() throws InterruptedException {
        assertThat(resolve("")).isEqualTo(second);
        assertThat(resolve("#main")).isEqualTo(second);
        assertThat(resolve("#old")).isEqualTo(first);
        assertThat(resolve("#v1")).isEqualTo(first);
        assertThat(resolve("#refs/tags/v1")).isEqualTo(first);
        assertThat(resolve("#" + first)).isEqualTo(first);
        assertThatThrownBy(() -> resolve("#nothing"))
                .isInstanceOf(WorkerFault.class)
                .hasMessageContaining("\"nothing\"");
    }

    @Test
    void filesOfACommitAreWritten() throws IOException, InterruptedException {
        Path target = checkout("#v1", false);
        assertThat(names(target)).containsExactly("file", "link", "sub");
        assertThat(target.resolve("file")).hasContent("one");
        assertThat(Files.readSymbolicLink(target.resolve("link"))).isEqualTo(Path.of("file"));
        assertThat(checkout("", false).resolve("file")).hasContent("two");
    }

    @Test
    void aDirectoryOfItCanBeTheRoot() throws IOException, InterruptedException {
        Path target = checkout("#main:sub/deep", false);
        assertThat(names(target)).containsExactly("inner");
        assertThatThrownBy(() -> checkout("#main:sub/no", false)).hasMessageContaining("sub/no");
    }

    @Test
    void theGitDirectoryIsKeptOnRequest() throws IOException, InterruptedException {
        Path target = checkout("#old", true);
        assertThat(new GitCommand(target).run("rev-parse", "HEAD").strip()).isEqualTo(first);
        assertThat(new GitCommand(target).run("status", "--porcelain")).isEmpty();
        assertThat(new GitCommand(target).run("rev-list", "--count", "HEAD").strip())
                .isEqualTo("1");
    }

    @Test
    void oneRepositoryIsKeptForEachRemote() throws IOException, InterruptedException {
        checkout("#old", false);
        checkout("#main", false);
        assertThat(names(directory.resolve("state"))).hasSize(1);
    }

    @Test
    void whoMaySeeMoreHasARepositoryOfHisOwn() throws IOException, InterruptedException {
        checkout("#" + first, false);
        server.authorization = GitLogin.token("sesame\n".getBytes(StandardCharsets.UTF_8));
        GitRemote known =
                new GitRemote(url("#" + second), new GitLogin(Optional.of(server.authorization), Optional.empty(), ""));
        Path target = Files.createDirectory(directory.resolve("known"));
        checkout(known, new GitRepositories.Checkout(target, true, true));
        assertThat(target.resolve("file")).hasContent("two");
        assertThat(Files.readString(target.resolve(".git/config"))).doesNotContain("uthorization");
        assertThatThrownBy(() -> checkout("#" + second, false))
                .isInstanceOf(WorkerFault.class)
                .hasMessageContaining("GIT_AUTH_TOKEN")
                .extracting("kind")
                .isEqualTo(Kind.UNAUTHENTICATED);
    }

    @Test
    void aTokenDoesNotGoWhereARemoteRedirectsTo() throws IOException {
        try (GitServer other = GitServer.start(directory)) {
            server.elsewhere = other.url("").replaceAll("/$", "");
            GitRemote remote =
                    new GitRemote(url("#main"), new GitLogin(Optional.of("basic c2VjcmV0"), Optional.empty(), ""));
            assertThatThrownBy(() -> repositories.resolve(remote)).hasMessageContaining("it redirects");
            assertThat(other.shown).isEmpty();
            assertThat(resolve("#main")).isEqualTo(second);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatPassesIsWaitedFor() throws InterruptedException {
        server.failures.set(2);
        assertThat(resolve("#main")).isEqualTo(second);
        assertThat(server.failures).hasValue(0);
    }

    @Test
    void submodulesComeWithTheSameLogin() throws IOException, InterruptedException {
        Path outer = Files.createDirectory(directory.resolve("outer"));
        server.authorization = "bearer x";
        Files.writeString(outer.resolve(".gitmodules"), """
                [submodule "in"]
                path = in
                url = ../../upstream/.git
                """);
        GitCommand git = new GitCommand(outer).with("user.name=Test").with("user.email=test@localhost");
        git.run("init", "--quiet", "--initial-branch=main", ".");
        git.run("add", "--all");
        git.run("update-index", "--add", "--cacheinfo", "160000," + second + ",in");
        git.run("commit", "--quiet", "--message=outer");
        GitRemote remote = new GitRemote(
                GitUrl.parse("ignored", server.url("outer/.git") + "#main"),
                new GitLogin(Optional.of("bearer x"), Optional.empty(), ""));
        Path target = Files.createDirectory(directory.resolve("with"));
        checkout(remote, new GitRepositories.Checkout(target, false, true));
        assertThat(names(target)).containsExactly(".gitmodules", "in");
        assertThat(names(target.resolve("in"))).containsExactly("file", "link", "sub");
        Path without = Files.createDirectory(directory.resolve("without"));
        checkout(remote, new GitRepositories.Checkout(without, false, false));
        assertThat(names(without.resolve("in"))).isEmpty();
    }

    @Test
    @Tag("root")
    @EnabledIf(value = "sshInstalled", disabledReason = "needs sshd")
    void hostsOfSshAreKnownOrRemembered() throws IOException, InterruptedException {
        SshServer ssh = SshServer.start(Files.createDirectory(directory.resolve("ssh")));
        try {
            GitUrl url = GitUrl.parse("ignored", ssh.url(upstream.resolve(".git")) + "#old");
            String believed = ssh.hostKey();
            GitRemote known = new GitRemote(url, new GitLogin(Optional.empty(), Optional.of(ssh.agent()), believed));
            assertThat(repositories.resolve(known)).isEqualTo(first);
            GitRemote met = new GitRemote(url, new GitLogin(Optional.empty(), Optional.of(ssh.agent()), ""));
            assertThat(repositories.resolve(met)).isEqualTo(first);
            GitRemote nobody = new GitRemote(url, GitLogin.NONE);
            assertThatThrownBy(() -> repositories.resolve(nobody)).hasMessageContaining("--ssh default");
            Path target = Files.createDirectory(directory.resolve("by-ssh"));
            checkout(known, new GitRepositories.Checkout(target, false, true));
            assertThat(target.resolve("file")).hasContent("one");
            ssh = ssh.changed();
            assertThatThrownBy(() -> repositories.resolve(met)).hasMessageContaining("host key");
            assertThatThrownBy(() -> repositories.resolve(known)).hasMessageContaining("host key");
        } finally {
            ssh.close();
        }
        assertThat(names(directory.resolve("state"))).noneMatch(name -> name.matches("known_hosts.+"));
    }

    static boolean sshInstalled() {
        return SshServer.installed();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--upload-pack=touch /tmp/x",
                "ext::sh -c whoami",
                "https://host/x#--output=/tmp/x",
                "https://host/x#main:../../etc",
                "fd::17",
                "https://host/x\n#main",
                "file:///etc",
                "ssh://-oProxyCommand=x/y",
                "git@-oProxyCommand=x:y",
                "https:///x",
                "https://host/x#a..b",
                "https://host/x#a*",
                "https://host/x#refs/heads/a b"
            })
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> GitUrl.parse("ignored", text))
                .isInstanceOf(WorkerFault.class)
                .hasMessageContaining("not a git repository's address");
    }

    @Test
    void addressesAreReadInAllTheirForms() {
        assertThat(GitUrl.parse("github.com/a/b.git#main:dir", ""))
                .isEqualTo(new GitUrl("https://github.com/a/b.git", "main", "dir"));
        assertThat(GitUrl.parse("github.com/a/b.git#v2", "git@github.com:a/b.git"))
                .isEqualTo(new GitUrl("git@github.com:a/b.git", "v2", ""));
        assertThat(GitUrl.parse("x", "ssh://git@host:22/a").shown()).isEqualTo("ssh://git@host:22/a");
        assertThat(GitUrl.parse("x", "ssh://git@host:22/a").host()).isEqualTo("host:22");
        assertThat(GitUrl.parse("x", "git@host:a/b").host()).isEqualTo("host");
        assertThat(GitUrl.parse("x", "https://user:secret@host/a").shown()).isEqualTo("https://host/a");
    }
}
