package io.buildkit4j.worker.source.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitRepositoriesTest {
    @TempDir
    Path directory;

    private Path upstream;
    private GitRepositories repositories;
    private String first = "";
    private String second = "";

    @BeforeEach
    void makeUpstream() throws IOException, InterruptedException {
        upstream = Files.createDirectory(directory.resolve("upstream"));
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
        return GitUrl.parse("ignored", "file://" + upstream + fragment);
    }

    private Path checkout(String fragment, boolean keep) throws IOException, InterruptedException {
        Path target = Files.createTempDirectory(directory, "target");
        GitUrl url = url(fragment);
        repositories.checkout(url, repositories.resolve(url), new GitRepositories.Checkout(target, keep, true));
        return target;
    }

    private static List<String> names(Path path) throws IOException {
        try (Stream<Path> entries = Files.list(path)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void namesOfAllKindsBecomeCommits() throws InterruptedException {
        assertThat(repositories.resolve(url(""))).isEqualTo(second);
        assertThat(repositories.resolve(url("#main"))).isEqualTo(second);
        assertThat(repositories.resolve(url("#old"))).isEqualTo(first);
        assertThat(repositories.resolve(url("#v1"))).isEqualTo(first);
        assertThat(repositories.resolve(url("#refs/tags/v1"))).isEqualTo(first);
        assertThat(repositories.resolve(url("#" + first))).isEqualTo(first);
        assertThatThrownBy(() -> repositories.resolve(url("#nothing")))
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--upload-pack=touch /tmp/x",
                "ext::sh -c whoami",
                "https://host/x#--output=/tmp/x",
                "https://host/x#main:../../etc",
                "fd::17",
                "https://host/x\n#main"
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
        assertThat(GitUrl.parse("x", "https://user:secret@host/a").shown()).isEqualTo("https://host/a");
    }
}
