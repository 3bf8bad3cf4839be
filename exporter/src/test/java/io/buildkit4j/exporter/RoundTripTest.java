package io.buildkit4j.exporter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.ImageConfig;
import io.buildkit4j.image.ImageLayout;
import io.buildkit4j.image.ImageValidator;
import io.buildkit4j.image.Manifest;
import io.buildkit4j.image.MediaTypes;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Registries;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.OpenFile;
import io.buildkit4j.store.LayerBlob;
import io.buildkit4j.store.LayerFormat;
import io.buildkit4j.store.MountedTree;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.TransferListener;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What GNU tar, umoci and skopeo make of what is written here, and the other way round: content and metadata alike. */
@Tag("root")
class RoundTripTest {
    private static final Platform AMD64 = Platform.of("linux", "amd64", "");
    private static final byte[] CAPABILITY = {1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -128, -1, -2, 0};

    @TempDir
    Path scratch;

    private final RecordingClient client = new RecordingClient();
    private final Registries registries = new Registries(Map.of());
    private RealStore real;

    @BeforeEach
    void open() {
        real = new RealStore(scratch.resolve("state"));
    }

    @AfterEach
    void close() throws IOException {
        registries.close();
        real.close();
        for (String made : List.of("tree", "out", "bundle")) {
            FileTree.remove(scratch.resolve(made).toString());
        }
    }

    private String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(scratch.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /** One of everything. Times are set last, of directories after what is in them. */
    private static void everything(Path root) throws IOException {
        String top = root.toString();
        String longest = "n".repeat(250);
        Path deep = Files.createDirectories(root.resolve("deep/" + longest + "/" + longest + "/" + longest));
        Files.writeString(deep.resolve("f".repeat(250)), "long");
        Files.createSymbolicLink(root.resolve("long-link"), Path.of("t".repeat(3000)));
        HostFiles.makeLink(top + "/bytes-\udcff\udc80", "target-\udcfe");
        try (OpenFile file = HostFiles.create(top + "/name-\udcc3(", 0644)) {
            file.write("bytes".getBytes(UTF_8), 0, 5);
        }
        Files.writeString(root.resolve("grüße 世界"), "unicode");
        Files.writeString(root.resolve("new\nline"), "odd");
        Files.createDirectories(root.resolve("a/b"));
        Files.writeString(root.resolve("a/first"), "shared");
        HostFiles.makeHardLink(top + "/a/b/second", top + "/a/first");
        HostFiles.makeHardLink(top + "/zz-third", top + "/a/first");
        HostFiles.makeNode(top + "/fifo", FileStatus.FIFO | 0620, 0);
        HostFiles.makeNode(top + "/char", FileStatus.CHARACTER_DEVICE | 0666, FileStatus.device(1, 3));
        HostFiles.makeNode(top + "/block", FileStatus.BLOCK_DEVICE | 0660, FileStatus.device(259, 70_000));
        Files.writeString(root.resolve("capable"), "#!");
        HostFiles.setAttribute(top + "/capable", "security.capability", CAPABILITY);
        HostFiles.setAttribute(top + "/a", "user.with space", new byte[] {0, '\n', '=', -1});
        Files.writeString(root.resolve("set-id"), "x");
        HostFiles.setOwner(top + "/set-id", 70_000, 3_000_000);
        HostFiles.setMode(top + "/set-id", 06751);
        HostFiles.setMode(top + "/a", 01777);
        HostFiles.setOwner(top + "/long-link", 5, 6);
        try (OpenFile sparse = HostFiles.create(top + "/sparse", 0600)) {
            sparse.skip(3_000_000);
            sparse.write("middle".getBytes(UTF_8), 0, 6);
            sparse.truncate(9_000_000);
        }
        HostFiles.setModified(top + "/sparse", -1);
        HostFiles.setModified(top + "/fifo", -86_400_000_000_001L);
        HostFiles.setModified(top + "/char", 1);
        HostFiles.setModified(top + "/capable", 1_234_567_890_123_456_789L);
        HostFiles.setModified(top + "/long-link", 4_102_444_800_000_000_000L);
        HostFiles.setModified(top + "/a", -3_000_000_000_500_000_000L);
    }

    private static LayerBlob layer(Ref ref, RealStore real, LayerFormat.Method method) throws InterruptedException {
        return real.store.layers(ref, new LayerFormat(method, -1, true, true)).getLast();
    }

    @ParameterizedTest
    @ValueSource(strings = {"UNCOMPRESSED", "GZIP", "ESTARGZ", "ZSTD"})
    void gnuTarUnpacksWhatIsWritten(LayerFormat.Method method) throws IOException, InterruptedException {
        try (Ref ref = real.layer(real.store.scratch(), RoundTripTest::everything);
                MountedTree mount = ref.mountReadOnly()) {
            LayerBlob layer = layer(ref, real, method);
            Path file = real.store.content().path(layer.blob().digest()).orElseThrow();
            Files.createDirectory(scratch.resolve("out"));
            String packed = switch (method) {
                case UNCOMPRESSED -> "--no-recursion";
                case GZIP, ESTARGZ -> "-z";
                case ZSTD -> "--zstd";
            };
            run(
                    "tar",
                    "-x",
                    packed,
                    "-p",
                    "--xattrs",
                    "--xattrs-include=*",
                    "--same-owner",
                    "-C",
                    "out",
                    "-f",
                    file.toString());
            same(RealStore.listing(scratch.resolve("out")), RealStore.listing(mount.path()));
        }
    }

    @ParameterizedTest
    @CsvSource({"pax,", "pax,--sparse", "gnu,", "gnu,--sparse", "pax,--sparse-version=0.0", "pax,--sparse-version=0.1"})
    void whatGnuTarPacksIsUnpacked(String format, @org.jspecify.annotations.Nullable String sparse)
            throws IOException, InterruptedException {
        Path tree = Files.createDirectory(scratch.resolve("tree"));
        everything(tree);
        List<String> command = new ArrayList<>(List.of("tar", "--format=" + format, "--numeric-owner", "-C", "tree"));
        if (format.equals("pax")) {
            command.addAll(List.of("--xattrs", "--xattrs-include=*"));
        } else {
            HostFiles.removeAttribute(tree + "/capable", "security.capability");
            HostFiles.removeAttribute(tree + "/a", "user.with space");
            for (String name : List.of("sparse", "fifo", "char", "capable", "a")) {
                HostFiles.setModified(tree + "/" + name, -7_000_000_000L);
            }
        }
        if (sparse != null) {
            command.add("--sparse");
            command.add(sparse);
        }
        command.addAll(List.of("-cf", "layer.tar", "."));
        run(command.toArray(String[]::new));
        byte[] tar = Files.readAllBytes(scratch.resolve("layer.tar"));
        Descriptor blob = Descriptor.of(MediaTypes.OCI_LAYER, Digest.of(tar), tar.length);
        LayerBlob layer = new LayerBlob(blob, blob.digest(), Optional.empty(), "");
        try (Ref ref = real.store.unpack(
                        List.of(layer),
                        (wanted, offset) -> new java.io.ByteArrayInputStream(tar),
                        TransferListener.SILENT);
                MountedTree mount = ref.mountReadOnly()) {
            List<String> wanted = RealStore.listing(tree);
            List<String> found = RealStore.listing(mount.path());
            if (format.equals("gnu")) {
                same(RealStore.withoutFractions(found), RealStore.withoutFractions(wanted));
            } else {
                same(found, wanted);
            }
        }
    }

    private static void same(List<String> found, List<String> wanted) {
        assertThat(RealStore.differences(wanted, found)).isEmpty();
        assertThat(found).hasSameSizeAs(wanted);
    }

    private Exported export(String type, Map<String, String> attributes, Ref ref) throws InterruptedException {
        client.stream.reset();
        return new Exporters(real.store, registries)
                .export(
                        ExportSpec.parse(type, attributes, 0),
                        ExportInput.of(new PlatformResult(AMD64, ref, Optional.empty())),
                        new ExportContext(Optional.of(client), client));
    }

    private Path layout(Ref ref, String... attributes) throws IOException, InterruptedException {
        Map<String, String> all = new java.util.HashMap<>(Map.of("name", "app:v1"));
        for (String attribute : attributes) {
            all.put(attribute.split("=", 2)[0], attribute.split("=", 2)[1]);
        }
        export("oci", all, ref);
        Path layout = Files.createDirectories(scratch.resolve("layout"));
        Files.write(scratch.resolve("image.tar"), client.stream.toByteArray());
        run("tar", "-xf", "image.tar", "-C", "layout");
        assertThat(ImageValidator.layout(layout)).isEmpty();
        return layout;
    }

    /** A second layer that removes one of each kind, and replaces. */
    private Ref twoLayers() throws IOException, InterruptedException {
        Ref first = real.layer(real.store.scratch(), root -> {
            everything(root);
            Files.createDirectories(root.resolve("emptied/sub"));
            Files.writeString(root.resolve("emptied/old"), "old");
            Files.createDirectories(root.resolve("becomes-file/sub"));
            Files.writeString(root.resolve("becomes-directory"), "file");
            Files.createSymbolicLink(root.resolve("becomes-real"), Path.of("a"));
        });
        return real.layer(first, root -> {
            for (String name : List.of("fifo", "char", "block", "long-link", "capable", "zz-third", "grüße 世界")) {
                Files.delete(root.resolve(name));
            }
            FileTree.remove(root.resolve("deep").toString());
            FileTree.remove(root.resolve("emptied").toString());
            Files.createDirectory(root.resolve("emptied"));
            Files.writeString(root.resolve("emptied/new"), "new");
            FileTree.remove(root.resolve("becomes-file").toString());
            Files.writeString(root.resolve("becomes-file"), "now");
            Files.delete(root.resolve("becomes-directory"));
            Files.createDirectory(root.resolve("becomes-directory"));
            Files.delete(root.resolve("becomes-real"));
            Files.createDirectory(root.resolve("becomes-real"));
            Files.writeString(root.resolve("a/first"), "changed");
            HostFiles.setModified(root.resolve("a").toString(), -5_000_000_000L);
        });
    }

    @Test
    void umociUnpacksWhatIsExported() throws IOException, InterruptedException {
        try (Ref ref = twoLayers();
                MountedTree mount = ref.mountReadOnly()) {
            layout(ref);
            run("umoci", "unpack", "--image", "layout:v1", "bundle");
            same(RealStore.listing(scratch.resolve("bundle/rootfs")), RealStore.listing(mount.path()));
        }
    }

    @Test
    void whatUmociPacksIsUnpacked() throws IOException, InterruptedException {
        try (Ref ref = real.layer(real.store.scratch(), RoundTripTest::everything)) {
            layout(ref);
        }
        run("umoci", "unpack", "--image", "layout:v1", "bundle");
        Path root = scratch.resolve("bundle/rootfs");
        Files.delete(root.resolve("fifo"));
        FileTree.remove(root.resolve("deep").toString());
        Files.writeString(root.resolve("added"), "by umoci");
        HostFiles.setOwner(root.resolve("set-id").toString(), 1, 2);
        HostFiles.setMode(root.resolve("set-id").toString(), 04711);
        Files.createDirectory(root.resolve("deep"));
        for (String name : List.of("set-id", "added", "deep")) {
            HostFiles.setModified(root.resolve(name).toString(), 1_111_111_111_000_000_000L);
        }
        run("umoci", "repack", "--image", "layout:v2", "bundle");
        try (Ref ref = unpack("v2");
                MountedTree mount = ref.mountReadOnly()) {
            same(
                    RealStore.withoutFractions(RealStore.listing(mount.path())),
                    RealStore.withoutFractions(RealStore.listing(root)));
        }
    }

    private Ref unpack(String name) throws IOException, InterruptedException {
        ImageLayout layout = ImageLayout.open(scratch.resolve("layout"));
        Manifest manifest = Manifest.parse(read(layout, layout.find(name).orElseThrow()));
        ImageConfig config = ImageConfig.parse(read(layout, manifest.config()));
        List<LayerBlob> layers = new ArrayList<>();
        for (int i = 0; i < manifest.layers().size(); i++) {
            layers.add(
                    new LayerBlob(manifest.layers().get(i), config.diffIds().get(i), Optional.empty(), "layer " + i));
        }
        return real.store.unpack(layers, layout, TransferListener.SILENT);
    }

    private static byte[] read(ImageLayout layout, Descriptor blob) throws IOException {
        try (InputStream in = layout.open(blob, 0)) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @CsvSource({"oci,gzip", "oci,estargz", "oci,zstd", "oci,uncompressed", "docker,gzip"})
    void skopeoCopiesAndTheCopyIsTheSame(String type, String compression) throws IOException, InterruptedException {
        try (Ref ref = twoLayers();
                MountedTree mount = ref.mountReadOnly()) {
            export(type, Map.of("name", "app:v1", "compression", compression), ref);
            Files.write(scratch.resolve("image.tar"), client.stream.toByteArray());
            run(
                    "skopeo",
                    "copy",
                    type + "-archive:image.tar:" + (type.equals("oci") ? "v1" : "app:v1"),
                    "oci:layout:v2");
            assertThat(ImageValidator.layout(scratch.resolve("layout"))).isEmpty();
            try (RealStore other = new RealStore(scratch.resolve("other"))) {
                RealStore own = real;
                real = other;
                try (Ref copied = unpack("v2");
                        MountedTree copy = copied.mountReadOnly()) {
                    same(RealStore.listing(copy.path()), RealStore.listing(mount.path()));
                } finally {
                    real = own;
                }
            }
        }
    }

    @Test
    void timesAreBoundedByTheEpochInLayersThatWereMadeHere() throws IOException, InterruptedException {
        long late = 2_000_000_000_000_000_000L;
        long early = 1_000_000_000_000_000_000L;
        RealStore.Change change = root -> {
            Files.writeString(root.resolve("late"), "l");
            Files.writeString(root.resolve("early"), "e");
            HostFiles.setModified(root.resolve("late").toString(), late);
            HostFiles.setModified(root.resolve("early").toString(), early);
        };
        try (Ref ref = real.layer(real.store.scratch(), change)) {
            layout(ref, "rewrite-timestamp=true", "source-date-epoch=1500000000");
            run("tar", "-xf", "image.tar", "-C", "layout");
        }
        Ref pulled = unpack("v1");
        try (Ref ref = real.layer(pulled, root -> Files.writeString(root.resolve("third"), "3"));
                MountedTree mount = ref.mountReadOnly()) {
            assertThat(HostFiles.status(mount.path() + "/late").modified()).isEqualTo(1_500_000_000_000_000_000L);
            assertThat(HostFiles.status(mount.path() + "/early").modified()).isEqualTo(early);
            LayerFormat older = LayerFormat.GZIP.withLatest(Optional.of(java.time.Instant.ofEpochSecond(1000)));
            List<LayerBlob> rewritten = real.store.layers(ref, older);
            List<LayerBlob> plain = real.store.layers(ref, LayerFormat.GZIP);
            assertThat(rewritten.getFirst().blob())
                    .as("pulled: left as it is")
                    .isEqualTo(plain.getFirst().blob());
            assertThat(rewritten.getLast().diffId())
                    .isNotEqualTo(plain.getLast().diffId());
        }
    }

    @Test
    void anImageGoesIntoALayoutOfTheClient() throws IOException, InterruptedException {
        Path target = scratch.resolve("layout");
        client.layout = Optional.of(ImageLayout.make(target));
        try (Ref ref = real.layer(real.store.scratch(), root -> Files.writeString(root.resolve("f"), "f"))) {
            Exported exported = export("oci", Map.of("tar", "false", "name", "app:v1"), ref);
            client.layout.get().name(exported.image().orElseThrow(), List.of("v1"));
            assertThat(ImageValidator.layout(target)).isEmpty();
            assertThat(run("skopeo", "inspect", "oci:layout:v1")).contains("Layers");
        }
    }

    /** Takes a minute; run it with {@code -Dlayers.long=true}. */
    @Test
    @EnabledIfSystemProperty(named = "layers.long", matches = "true")
    void tenGibibytesOfHoleAndManySmallFiles() throws IOException, InterruptedException {
        Ref holes = real.layer(real.store.scratch(), root -> {
            try (OpenFile sparse = HostFiles.create(root + "/sparse", 0600)) {
                sparse.truncate(10L << 30);
            }
        });
        RealStore.Change many = root -> {
            for (int i = 0; i < 200_000; i++) {
                Path directory = root.resolve("d" + i / 1000);
                if (i % 1000 == 0) {
                    Files.createDirectory(directory);
                }
                Files.writeString(directory.resolve("f" + i), "content " + i);
            }
        };
        try (Ref ref = real.layer(holes, many)) {
            List<LayerBlob> layers = real.store.layers(ref, new LayerFormat(LayerFormat.Method.ZSTD, -1, true, true));
            try (RealStore other = new RealStore(scratch.resolve("other"));
                    Ref again = other.store.unpack(layers, real.store.content(), TransferListener.SILENT)) {
                assertThat(again.tree().find("/sparse", false).orElseThrow().size())
                        .isEqualTo(10L << 30);
                assertThat(again.tree().list("/d199")).hasSize(1000);
                assertThat(other.store.usage()).allMatch(record -> record.size() < 2L << 30);
            }
        }
    }
}
