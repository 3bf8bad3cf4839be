package io.buildkit4j.worker.source.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.store.ContentQuery;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.wire.ChangeMarks;
import io.buildkit4j.wire.FileReceiver;
import io.buildkit4j.wire.FileSource;
import io.buildkit4j.wire.FileStat;
import io.buildkit4j.wire.Session;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class LocalDirectoriesTest {
    private static final Session.DirectoryRequest REQUEST =
            new Session.DirectoryRequest("context", List.of(), List.of(), List.of());

    private Path directory = Path.of("/");
    private Path client = Path.of("/");
    private Store store;
    private final List<Ref> refs = new ArrayList<>();
    private final List<String> sent = new ArrayList<>();
    private boolean marks;

    @BeforeEach
    void make() throws IOException {
        directory = Files.createTempDirectory("local");
        client = Files.createDirectory(directory.resolve("client"));
        store = Store.open(directory.resolve("state"));
    }

    @AfterEach
    void remove() {
        refs.forEach(Ref::close);
        store.close();
        FileTree.remove(directory.toString());
    }

    private Ref receive(String identity) throws InterruptedException {
        sent.clear();
        Ref ref = new LocalDirectories(store).receive(new Client(), REQUEST, identity);
        refs.add(ref);
        return ref;
    }

    private static List<String> names(Ref ref, String path) throws InterruptedException {
        return ref.tree().list(path).stream().map(TreeEntry::name).toList();
    }

    @Test
    void onlyDifferencesAreSent() throws IOException, InterruptedException {
        Files.createDirectories(client.resolve("a/b"));
        Files.writeString(client.resolve("a/b/one"), "1");
        Files.writeString(client.resolve("a/two"), "2");
        Files.createFile(client.resolve("a/empty"));
        Files.createLink(client.resolve("a/zhard"), client.resolve("a/two"));
        Files.createSymbolicLink(client.resolve("link"), Path.of("a/two"));
        HostFiles.setModified(client.resolve("a").toString(), 5_000_000_000L);
        Ref first = receive("me");
        assertThat(sent).containsExactlyInAnyOrder("a/b/one", "a/two");
        assertThat(first.tree().find("/a", false).orElseThrow().modified()).isEqualTo(5_000_000_000L);
        assertThat(first.tree().find("/a/empty", false).orElseThrow().size()).isZero();
        assertThat(first.tree().find("/a/zhard", false).orElseThrow().inode())
                .isEqualTo(first.tree().find("/a/two", false).orElseThrow().inode());
        Ref same = receive("me");
        assertThat(sent).isEmpty();
        assertThat(same.id()).isEqualTo(first.id());

        Files.writeString(client.resolve("a/b/one"), "changed");
        Files.delete(client.resolve("link"));
        Files.writeString(client.resolve("new"), "n");
        Ref next = receive("me");
        assertThat(sent).containsExactlyInAnyOrder("a/b/one", "new");
        assertThat(names(next, "/")).containsExactly("a", "new");
        assertThat(next.tree().find("/a", false).orElseThrow().modified()).isEqualTo(5_000_000_000L);
        assertThat(names(first, "/")).containsExactly("a", "link");

        Ref stranger = receive("other");
        assertThat(sent).containsExactlyInAnyOrder("a/b/one", "new", "a/two");
        assertThat(stranger.contentDigest(ContentQuery.ALL)).isEqualTo(next.contentDigest(ContentQuery.ALL));
        assertThat(first.contentDigest(ContentQuery.ALL)).isNotEqualTo(next.contentDigest(ContentQuery.ALL));
    }

    @Test
    void otherBytesOfTheSameSizeAndTimeAreSent() throws IOException, InterruptedException {
        marks = true;
        Path file = Files.writeString(client.resolve("file"), "one");
        Files.writeString(client.resolve("other"), "same");
        FileTime time = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
        Files.setLastModifiedTime(file, time);
        Thread.sleep(60); // so that this is older than the walk by the file system's clock, which ticks
        Ref first = receive("me");
        assertThat(receive("me").id()).isEqualTo(first.id());
        assertThat(sent).isEmpty();
        Files.writeString(file, "two");
        Files.setLastModifiedTime(file, time);
        Ref second = receive("me");
        assertThat(sent).containsExactly("file");
        assertThat(second.contentDigest(ContentQuery.ALL)).isNotEqualTo(first.contentDigest(ContentQuery.ALL));
        assertThat(second.tree().find("/file", false).orElseThrow().xattrs()).isEmpty();
        Thread.sleep(60);
        receive("me");
        Ref third = receive("me");
        assertThat(sent).isEmpty();
        assertThat(third.contentDigest(ContentQuery.ALL)).isEqualTo(second.contentDigest(ContentQuery.ALL));
    }

    @Test
    void typesChangeAndManyRoundsAreFlattened() throws IOException, InterruptedException {
        for (int round = 0; round < 30; round++) {
            FileTree.remove(client.resolve("x").toString());
            if (round % 2 == 0) {
                Files.createDirectories(client.resolve("x/y"));
                Files.writeString(client.resolve("x/y/file"), "round " + round);
            } else {
                Files.writeString(client.resolve("x"), "round " + round);
            }
            Ref ref = receive("me");
            assertThat(ref.tree().find("/x/y/file", false).isPresent()).isEqualTo(round % 2 == 0);
            assertThat(receive("me").id()).isEqualTo(ref.id());
        }
    }

    @Test
    void aBadPeerIsRefused() {
        for (String path : List.of("../evil", "a/../../evil", "/etc/evil", "a/b", "")) {
            assertThatThrownBy(() -> {
                        try (Difference difference =
                                new Difference(store.scratch().tree(), () -> {
                                    throw new AssertionError("nothing is to be written");
                                })) {
                            difference.entry(new FileStat(path, 0100644, 0, 0, 1, 0, "", 0, Map.of()));
                        }
                    })
                    .as(path)
                    .hasMessageContaining("out of order");
        }
    }

    @Test
    void thirtyThousandUnchangedFiles() throws IOException, InterruptedException {
        byte[] bytes = new byte[2048];
        for (int i = 0; i < 30_000; i++) {
            if (i % 100 == 0) {
                Files.createDirectory(client.resolve("d" + i / 100));
            }
            Files.write(client.resolve("d" + i / 100 + "/f" + i), bytes);
        }
        StringBuilder times = new StringBuilder();
        for (String what : List.of("first", "unchanged", "one changed")) {
            if (what.equals("one changed")) {
                Files.writeString(client.resolve("d7/f700"), "changed");
            }
            long start = System.nanoTime();
            Ref ref = receive("me");
            long received = System.nanoTime();
            ref.contentDigest(ContentQuery.ALL);
            long hashed = System.nanoTime();
            times.append(what + " " + (received - start) / 1_000_000 + " ms, digest " + (hashed - received) / 1_000_000
                    + " ms; ");
        }
        System.out.println("30,000 files: " + times);
        assertThat(sent).containsExactly("d7/f700");
    }

    /** A client without a network. */
    private final class Client implements Session {
        @Override
        public void receive(DirectoryRequest request, FileReceiver receiver) throws InterruptedException {
            Map<Long, String> linked = new HashMap<>();
            List<FileStat> wanted = new ArrayList<>();
            long begun = (System.currentTimeMillis() - 20) * 1_000_000;
            FileTree.walk(client.toString(), (path, status) -> {
                String link = status.isLink() ? HostFiles.readLink(client + "/" + path) : "";
                if (status.isFile() && status.links() > 1) {
                    String before = linked.putIfAbsent(status.inode(), path);
                    link = before == null ? "" : before;
                }
                FileStat plain = new FileStat(
                        path, status.mode(), 0, 0, status.size(), status.modified(), link, status.device(), Map.of());
                FileStat timed = marks ? ChangeMarks.walked(plain, begun) : plain;
                boolean changed = marks
                        && status.isFile()
                        && status.changed() >= request.changedSince().orElseThrow();
                FileStat stat = changed ? ChangeMarks.changed(timed) : timed;
                if (receiver.entry(stat)) {
                    wanted.add(stat);
                }
                return true;
            });
            for (FileStat stat : wanted) {
                sent.add(stat.path());
                try (OutputStream out = receiver.content(stat)) {
                    out.write(Files.readAllBytes(client.resolve(stat.path())));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
            receiver.finish();
        }

        @Override
        public String id() {
            return "session";
        }

        @Override
        public String sharedKey() {
            return "";
        }

        @Override
        public boolean offers(String method) {
            return true;
        }

        @Override
        public void send(SendTarget target, FileSource source) {
            throw new UnsupportedOperationException("not asked for");
        }

        @Override
        public io.buildkit4j.wire.ClientStream send(SendTarget target) {
            throw new UnsupportedOperationException("not asked for");
        }

        @Override
        public Optional<Credentials> credentials(String host) {
            return Optional.empty();
        }

        @Override
        public Optional<byte[]> secret(String id) {
            return Optional.empty();
        }

        @Override
        public boolean hasAgent(String id) {
            return false;
        }

        @Override
        public void relayAgent(String id, java.nio.channels.ByteChannel connection) {
            throw new UnsupportedOperationException("there is no agent");
        }

        @Override
        public boolean alive() {
            return true;
        }
    }
}
