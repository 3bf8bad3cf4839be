package io.buildkit4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.footing.NameBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarTest {
    @TempDir
    Path scratch;

    @SuppressWarnings("ArrayRecordComponent") // compared piece by piece
    private record Read(TarEntry entry, byte[] content) {}

    private static List<Read> read(byte[] tar) throws IOException {
        return read(new ByteArrayInputStream(tar));
    }

    private static List<Read> read(InputStream in) throws IOException {
        TarReader reader = new TarReader(in);
        List<Read> all = new ArrayList<>();
        for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
            all.add(new Read(entry.get(), reader.content().readAllBytes()));
        }
        return all;
    }

    private static byte[] write(List<Read> entries) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TarWriter writer = new TarWriter(out);
        for (Read read : entries) {
            writer.put(read.entry, new ByteArrayInputStream(read.content));
        }
        writer.finish();
        return out.toByteArray();
    }

    private static void assertEqual(List<Read> actual, List<Read> wanted) {
        assertThat(actual).hasSameSizeAs(wanted);
        for (int i = 0; i < wanted.size(); i++) {
            TarEntry a = actual.get(i).entry;
            TarEntry w = wanted.get(i).entry;
            assertThat(plain(a)).isEqualTo(plain(w));
            assertThat(a.xattrs().keySet()).isEqualTo(w.xattrs().keySet());
            w.xattrs().forEach((name, value) -> assertThat(a.xattrs().get(name)).isEqualTo(value));
            assertThat(actual.get(i).content).isEqualTo(wanted.get(i).content);
        }
    }

    private static TarEntry plain(TarEntry e) {
        return new TarEntry(
                e.name(), e.type(), e.mode(), e.uid(), e.gid(), e.size(), e.modified(), e.link(), e.device(), Map.of());
    }

    private static Read file(String name, long modified, Map<String, byte[]> xattrs, byte[] content) {
        return new Read(
                new TarEntry(name, TarEntry.Type.FILE, 04755, 0, 0, content.length, modified, "", 0, xattrs), content);
    }

    // departs from MethodLength: one list of one entry of each kind
    private static List<Read> everything() {
        byte[] none = {};
        Map<String, byte[]> xattrs = new LinkedHashMap<>();
        xattrs.put("security.capability", new byte[] {1, 0, 0, 2, 0, (byte) 0x80, '\n', '=', ' ', (byte) 0xFE});
        xattrs.put("user.empty", none);
        String deep = "a/".repeat(200) + "b".repeat(150);
        String prefixed = "p".repeat(120) + "/" + "n".repeat(90);
        String raw = NameBytes.decode(new byte[] {'x', (byte) 0xFF, '/', (byte) 0xC3, (byte) 0x28});
        return List.of(
                new Read(TarEntry.of("dir", TarEntry.Type.DIRECTORY, 01777, 0), none),
                file("plain", 1_700_000_000_000_000_000L, Map.of(), "hello".getBytes(StandardCharsets.UTF_8)),
                file("nanos", 1_700_000_000_123_456_789L, xattrs, new byte[512]),
                file("before-1970", -1_500_000_000L, Map.of(), new byte[513]),
                file("just-before", -1L, Map.of(), none),
                file(deep, 0, Map.of(), none),
                file(prefixed, 0, Map.of(), none),
                file("gr\u00FCn/\u65E5\u672C", 0, Map.of(), none),
                file(raw, 0, Map.of(), none),
                new Read(
                        new TarEntry("big-owner", TarEntry.Type.FIFO, 0600, -2, 3_000_000, 0, 0, "", 0, Map.of()),
                        none),
                new Read(new TarEntry("link", TarEntry.Type.LINK, 0777, 0, 0, 0, 0, deep, 0, Map.of()), none),
                new Read(new TarEntry("hard", TarEntry.Type.HARD_LINK, 0644, 0, 0, 0, 0, "plain", 0, Map.of()), none),
                new Read(
                        new TarEntry(
                                "null",
                                TarEntry.Type.CHARACTER_DEVICE,
                                0666,
                                0,
                                0,
                                0,
                                0,
                                "",
                                TarEntry.device(1, 3),
                                Map.of()),
                        none),
                new Read(
                        new TarEntry(
                                "disk",
                                TarEntry.Type.BLOCK_DEVICE,
                                0660,
                                0,
                                0,
                                0,
                                0,
                                "",
                                TarEntry.device(4000, 100_000),
                                Map.of()),
                        none));
    }

    @Test
    void everythingSurvives() throws IOException, InterruptedException {
        assertEqual(read(write(everything())), everything());
    }

    @Test
    void equalEntriesGiveEqualBytes() throws IOException, InterruptedException {
        assertThat(write(everything())).isEqualTo(write(read(write(everything()))));
        assertThat(Digest.of(write(everything())))
                .hasToString("sha256:dcc0546ee9b1272e04834ba6bc47a3b7fd528ee0502bd3235c818c67fedae071");
    }

    @Test
    void readsHowevermanyBytesComeAtOnce() throws IOException, InterruptedException {
        byte[] tar = write(everything());
        InputStream slow = new FilterInputStream(new ByteArrayInputStream(tar)) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return super.read(into, offset, Math.min(length, 7));
            }
        };
        assertEqual(read(slow), everything());
    }

    @Test
    void contentNotReadIsSkipped() throws IOException, InterruptedException {
        TarReader reader = new TarReader(new ByteArrayInputStream(write(everything())));
        List<String> names = new ArrayList<>();
        for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
            names.add(entry.get().name());
            reader.content().skipNBytes(Math.min(3, entry.get().size()));
        }
        assertThat(names)
                .isEqualTo(everything().stream().map(r -> r.entry.name()).toList());
    }

    @Test
    void devicesAreNumberedAsTheKernelDoes() {
        assertThat(TarEntry.device(8, 1)).isEqualTo(0x801);
        TarEntry far = new TarEntry(
                "d", TarEntry.Type.BLOCK_DEVICE, 0, 0, 0, 0, 0, "", TarEntry.device(0x12345, 0x6789AB), Map.of());
        assertThat(far.deviceMajor()).isEqualTo(0x12345);
        assertThat(far.deviceMinor()).isEqualTo(0x6789AB);
    }

    private void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(scratch.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    @Test
    void readsWhatGnuTarWritesInEachFormat() throws IOException, InterruptedException {
        String longName = "l".repeat(180);
        Files.createDirectories(scratch.resolve("t/sub"));
        Files.writeString(scratch.resolve("t/sub/" + longName), "long");
        Files.createLink(scratch.resolve("t/zz"), scratch.resolve("t/sub/" + longName));
        Files.createSymbolicLink(scratch.resolve("t/sym"), Path.of("x".repeat(150)));
        for (String format : List.of("gnu", "pax")) {
            run("tar", "--format=" + format, "--sort=name", "-cf", format + ".tar", "t");
            List<Read> all = read(Files.readAllBytes(scratch.resolve(format + ".tar")));
            assertThat(all.stream().map(r -> r.entry.name()))
                    .containsExactly("t", "t/sub", "t/sub/" + longName, "t/sym", "t/zz");
            assertThat(all.get(2).content).asString().isEqualTo("long");
            assertThat(all.get(3).entry.link()).isEqualTo("x".repeat(150));
            assertThat(all.get(4).entry.type()).isEqualTo(TarEntry.Type.HARD_LINK);
            assertThat(all.get(4).entry.link()).isEqualTo("t/sub/" + longName);
        }
    }

    @Test
    void readsSparseFilesOfEachFormat() throws IOException, InterruptedException {
        byte[] wanted = new byte[4 << 20];
        Random random = new Random(3);
        try (var file = new java.io.RandomAccessFile(scratch.resolve("sparse").toFile(), "rw")) {
            file.setLength(wanted.length);
            for (int i = 0; i < 60; i++) {
                byte[] piece = new byte[5000];
                random.nextBytes(piece);
                int offset = i * 65536 + 4096;
                System.arraycopy(piece, 0, wanted, offset, piece.length);
                file.seek(offset);
                file.write(piece);
            }
        }
        Files.writeString(scratch.resolve("z-after"), "after");
        for (List<String> format : List.of(
                List.of("--format=gnu"),
                List.of("--format=pax", "--sparse-version=0.0"),
                List.of("--format=pax", "--sparse-version=0.1"),
                List.of("--format=pax", "--sparse-version=1.0"))) {
            List<String> command = new ArrayList<>(List.of("tar", "-S"));
            command.addAll(format);
            command.addAll(List.of("-cf", "s.tar", "sparse", "z-after"));
            run(command.toArray(String[]::new));
            assertThat(Files.size(scratch.resolve("s.tar"))).isLessThan(1 << 20);
            List<Read> all = read(Files.readAllBytes(scratch.resolve("s.tar")));
            assertThat(all.get(0).entry.name()).isEqualTo("sparse");
            assertThat(all.get(0).entry.size()).isEqualTo(wanted.length);
            assertThat(Arrays.equals(all.get(0).content, wanted))
                    .as("%s", format)
                    .isTrue();
            assertThat(all.get(1).content).asString().isEqualTo("after");
        }
    }

    @Test
    void gnuTarReadsWhatIsWritten() throws IOException, InterruptedException {
        Files.write(scratch.resolve("ours.tar"), write(everything()));
        run("tar", "--xattrs", "-tvf", "ours.tar");
        run("python3", "-c", """
                import tarfile
                t = tarfile.open("ours.tar", encoding="utf-8", errors="surrogateescape")
                m = {x.name: x for x in t.getmembers()}
                assert m["before-1970"].mtime == -1.5, m["before-1970"].mtime
                assert m["big-owner"].uid == 4294967294
                assert m["null"].devminor == 3 and m["disk"].devmajor == 4000 and m["disk"].devminor == 100000
                assert t.extractfile("nanos").read() == bytes(512)
                assert "x\\udcff/\\udcc3(" in m, list(m)
                assert len(m) == 14
                """);
    }

    @Test
    void hostileInputIsRefused() throws IOException, InterruptedException {
        byte[] tar = write(everything());
        byte[] wrongSum = tar.clone();
        wrongSum[0] ^= 1;
        assertThatThrownBy(() -> read(wrongSum)).isInstanceOf(ImageFault.class).hasMessageContaining("checksum");
        assertThatThrownBy(() -> read(Arrays.copyOf(tar, 512 + 512 + 3)))
                .isInstanceOf(ImageFault.class)
                .hasMessageContaining("ends in the middle");
        Read big = file("x".repeat(1 << 20), 0, Map.of(), new byte[0]);
        assertThatThrownBy(() -> read(write(List.of(big))))
                .isInstanceOf(ImageFault.class)
                .hasMessageContaining("at most 1048576");
    }

    @Test
    void damageIsNeverAnythingButAFault() throws IOException, InterruptedException {
        byte[] tar = write(everything());
        Random random = new Random(11);
        for (int round = 0; round < 3000; round++) {
            byte[] damaged = tar.clone();
            int header = random.nextInt(tar.length / 512) * 512;
            for (int i = random.nextInt(4); i >= 0; i--) {
                damaged[header + random.nextInt(512)] = (byte) random.nextInt();
            }
            if (round % 2 == 0) {
                reseal(damaged, header);
            }
            try {
                new TarReader(new ByteArrayInputStream(damaged)).next();
                drain(damaged);
            } catch (ImageFault expected) {
                assertThat(expected.getMessage()).isNotEmpty();
            }
        }
    }

    private static void drain(byte[] tar) throws IOException {
        TarReader reader = new TarReader(new ByteArrayInputStream(tar));
        while (reader.next().isPresent()) {
            reader.content().readNBytes(4096);
        }
    }

    private static void reseal(byte[] tar, int header) {
        Arrays.fill(tar, header + 148, header + 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += tar[header + i] & 0xFF;
        }
        byte[] digits = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, tar, header + 148, 8);
    }

    @Test
    void contentMustBeAsLongAsItsHeaderSays() {
        TarEntry five = TarEntry.of("five", TarEntry.Type.FILE, 0644, 5);
        TarWriter writer = new TarWriter(new ByteArrayOutputStream());
        assertThatThrownBy(() -> writer.put(five, new ByteArrayInputStream(new byte[4])))
                .hasMessageContaining("five shrank");
        TarWriter second = new TarWriter(new ByteArrayOutputStream());
        assertThatThrownBy(() -> {
                    second.put(five);
                    second.write(new byte[6], 0, 6);
                })
                .hasMessageContaining("five grew");
    }
}
