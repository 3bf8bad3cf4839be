package io.buildkit4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.footing.NameBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class HostFilesTest {
    private String directory = "";

    @BeforeEach
    void make() throws IOException {
        directory = Files.createTempDirectory("files").toString();
    }

    @AfterEach
    void remove() {
        FileTree.remove(directory);
    }

    private String write(String name, String text) {
        String path = directory + "/" + name;
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (OpenFile file = HostFiles.create(path, 0644)) {
            file.write(bytes, 0, bytes.length);
        }
        return path;
    }

    @Test
    void tellsWhatAFileIs() {
        String path = write("a", "hello");
        HostFiles.setMode(path, 04751);
        HostFiles.setModified(path, -1_500_000_001L);
        FileStatus status = HostFiles.status(path);
        assertThat(status.isFile()).isTrue();
        assertThat(status.mode() & 07777).isEqualTo(04751);
        assertThat(status.size()).isEqualTo(5);
        assertThat(status.modified()).isEqualTo(-1_500_000_001L);
        assertThat(status.links()).isEqualTo(1);
        assertThat(HostFiles.find(path + "/below")).isEmpty();
        assertThat(HostFiles.find(directory + "/none")).isEmpty();
        assertThatThrownBy(() -> HostFiles.readLink(directory + "/none"))
                .isInstanceOf(LinuxFault.class)
                .hasMessage("readlinkat " + directory + "/none: no such file or directory");
    }

    @Test
    void namesThatAreNotUnicodeComeBack() {
        byte[] bytes = {'a', (byte) 0xff, (byte) 0xc3, '(', (byte) 0xe2, (byte) 0x82, 'z', (byte) 0xc3, (byte) 0xa9};
        String name = NameBytes.decode(bytes);
        assertThat(NameBytes.encode(name)).isEqualTo(bytes);
        assertThat(name).endsWith("zé");
        assertThat(NameBytes.isUnicode(name)).isFalse();
        write(name, "x");
        HostFiles.makeLink(directory + "/link", name);
        assertThat(HostFiles.list(directory).stream().map(ListedFile::name)).containsExactlyInAnyOrder(name, "link");
        assertThat(HostFiles.readLink(directory + "/link")).isEqualTo(name);
        HostFiles.remove(directory + "/" + name);
        assertThat(HostFiles.find(directory + "/" + name)).isEmpty();
    }

    @Test
    void ordersByBytesNotByChars() {
        String high = Character.toString(0x1F600); // F0 9F…, but D83D as a char
        String escaped = NameBytes.decode(new byte[] {(byte) 0x80});
        List<String> names = new ArrayList<>(List.of("\uFFFD", high, "b", "a", escaped, "é"));
        names.sort(NameBytes::compare);
        assertThat(names).containsExactly("a", "b", escaped, "é", "\uFFFD", high);
    }

    @Test
    void copiesAndReads() throws IOException {
        String text = "0123456789".repeat(50_000);
        String from = write("from", text);
        try (OpenFile in = HostFiles.open(from);
                OpenFile out = HostFiles.create(directory + "/to", 0600)) {
            assertThat(out.copyFrom(in, text.length())).isEqualTo(text.length());
        }
        try (InputStream in = HostFiles.open(directory + "/to").input()) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(text);
        }
        try (OpenFile in = HostFiles.open("/proc/self/status");
                OpenFile out = HostFiles.create(directory + "/status", 0600)) {
            assertThat(out.copyFrom(in, 0)).isGreaterThan(100);
        }
    }

    @Test
    void opensOnlyInside() {
        HostFiles.makeDirectory(directory + "/root", 0755);
        write("root/passwd", "inside");
        HostFiles.makeDirectory(directory + "/root/etc", 0755);
        HostFiles.makeLink(directory + "/root/etc/passwd", "/passwd");
        HostFiles.makeLink(directory + "/root/out", "../..");
        try (OpenFile root = HostFiles.openDirectory(directory + "/root")) {
            try (OpenFile file = HostFiles.openInside(root, "/out/../etc/passwd", HostFiles.Links.IN_ROOT)
                    .orElseThrow()) {
                assertThat(file.status().size()).isEqualTo(6);
            }
            assertThatThrownBy(() -> HostFiles.openInside(root, "/etc/passwd", HostFiles.Links.BENEATH))
                    .hasMessageContaining("leads out");
            assertThatThrownBy(() -> HostFiles.openInside(root, "etc/passwd", HostFiles.Links.REFUSED))
                    .isInstanceOf(LinuxFault.class);
            assertThat(HostFiles.openInside(root, "nothing", HostFiles.Links.REFUSED))
                    .isEmpty();
        }
    }

    @Test
    void walksInOrderAndRemovesHoweverDeep() throws InterruptedException {
        HostFiles.makeDirectory(directory + "/a", 0755);
        write("a/z", "1");
        write("a.b", "2");
        List<String> seen = new ArrayList<>();
        FileTree.walk(directory, (path, status) -> seen.add(path));
        assertThat(seen).containsExactly("a", "a/z", "a.b");

        String name = "d".repeat(200);
        String path = directory;
        for (int i = 0; i < 19; i++) {
            path += "/" + name;
            HostFiles.makeDirectory(path, 0755);
        }
        // grown beyond the longest path by moving it down
        for (int i = 0; i < 3; i++) {
            HostFiles.makeDirectory(directory + "/next", 0755);
            HostFiles.rename(directory + "/" + name, directory + "/next/" + name);
            HostFiles.rename(directory + "/next", directory + "/" + name);
        }
        List<String> deep = new ArrayList<>();
        FileTree.walk(directory, (at, status) -> deep.add(at));
        assertThat(deep.getLast().length() + deep.size()).isGreaterThan(4000);
        FileTree.remove(directory + "/" + name);
        assertThat(HostFiles.find(directory + "/" + name)).isEmpty();
    }

    @Test
    @Tag("root")
    void keepsDevicesOwnersAndAttributes() {
        HostFiles.makeNode(directory + "/gone", FileStatus.CHARACTER_DEVICE, 0);
        assertThat(HostFiles.status(directory + "/gone").isWhiteout()).isTrue();
        long device = FileStatus.device(259, 70_000);
        HostFiles.makeNode(directory + "/disk", FileStatus.BLOCK_DEVICE | 0600, device);
        assertThat(HostFiles.status(directory + "/disk").device()).isEqualTo(device);
        assertThat(FileStatus.major(device)).isEqualTo(259);
        assertThat(FileStatus.minor(device)).isEqualTo(70_000);
        String path = write("a", "");
        HostFiles.setOwner(path, 1234, 70_001);
        assertThat(HostFiles.status(path).gid()).isEqualTo(70_001);
        byte[] value = {0, (byte) 0xff, 1};
        assertThat(HostFiles.attributes(path)).isEmpty();
        HostFiles.setAttribute(path, "trusted.test", value);
        assertThat(HostFiles.attributes(path)).containsOnlyKeys("trusted.test");
        assertThat(HostFiles.attribute(path, "trusted.test").orElseThrow()).isEqualTo(value);
        HostFiles.removeAttribute(path, "trusted.test");
        assertThat(HostFiles.attributes(path)).isEqualTo(Map.of());
    }

    @Test
    @Tag("root")
    void neverRemovesWhatIsMounted() throws IOException, InterruptedException {
        Path inside = Files.createDirectories(Path.of(directory, "tree/mounted"));
        Files.writeString(Path.of(directory, "tree/file"), "x");
        run("mount", "-t", "tmpfs", "tmpfs", inside.toString());
        try {
            Files.writeString(inside.resolve("precious"), "x");
            assertThatThrownBy(() -> FileTree.remove(directory + "/tree")).hasMessageContaining("mounted");
            assertThat(inside.resolve("precious")).exists();
            assertThat(Path.of(directory, "tree/file")).doesNotExist();
        } finally {
            run("umount", inside.toString());
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    }
}
