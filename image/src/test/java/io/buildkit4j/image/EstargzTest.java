package io.buildkit4j.image;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads eStargz the way its readers do: from the footer to the table, from the table to single pieces of files. */
class EstargzTest {
    private static final int LARGE = (9 << 20) + 12_345;

    @TempDir
    Path scratch;

    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final MessageDigest diffId = Digest.sha256();

    private byte[] tar() throws IOException {
        Random random = new Random(8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TarWriter tar = new TarWriter(out);
        tar.put(TarEntry.of("dir", TarEntry.Type.DIRECTORY, 0750, 0));
        for (int size : new int[] {0, 1, 511, 512, 513, 100_000, LARGE}) {
            byte[] bytes = new byte[size];
            random.nextBytes(bytes);
            Arrays.fill(bytes, 0, size / 2, (byte) 'x');
            String name = "dir/" + "long".repeat(size % 60) + size;
            files.put(name, bytes);
            tar.put(
                    new TarEntry(
                            name,
                            TarEntry.Type.FILE,
                            04755,
                            7,
                            70_000_000,
                            size,
                            1_600_000_000_700_000_000L,
                            "",
                            0,
                            Map.of("security.capability", new byte[] {1, 0, -1})),
                    new ByteArrayInputStream(bytes));
        }
        tar.put(new TarEntry("link", TarEntry.Type.LINK, 0777, 0, 0, 0, 0, "dir/1", 0, Map.of()));
        tar.put(new TarEntry("hard", TarEntry.Type.HARD_LINK, 0644, 0, 0, 0, 0, "dir/511", 0, Map.of()));
        tar.put(new TarEntry(
                "null", TarEntry.Type.CHARACTER_DEVICE, 0666, 0, 0, 0, 0, "", TarEntry.device(1, 3), Map.of()));
        tar.finish();
        return out.toByteArray();
    }

    private byte[] pack(byte[] tar, int step) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        EstargzOutput out = new EstargzOutput(packed, 6, diffId);
        try (out) {
            for (int at = 0; at < tar.length; at += step) {
                out.write(tar, at, Math.min(step, tar.length - at));
            }
        }
        assertThat(out.annotations()).containsOnlyKeys(EstargzOutput.TOC_DIGEST, EstargzOutput.UNCOMPRESSED_SIZE);
        annotations = out.annotations();
        return packed.toByteArray();
    }

    private Map<String, String> annotations = Map.of();

    private static InputStream unpacked(byte[] packed, int from) throws IOException {
        return new GZIPInputStream(new ByteArrayInputStream(packed, from, packed.length - from));
    }

    @Test
    void theTableLeadsToEveryPiece() throws IOException {
        byte[] tar = tar();
        byte[] packed = pack(tar, 1 << 20);
        JsonObject table = table(packed);
        assertThat(table.get("version").getAsInt()).isEqualTo(1);
        Map<String, ByteArrayOutputStream> found = new LinkedHashMap<>();
        Map<String, JsonObject> described = new LinkedHashMap<>();
        for (JsonElement element : table.getAsJsonArray("entries")) {
            JsonObject entry = element.getAsJsonObject();
            String name = entry.get("name").getAsString();
            String type = entry.get("type").getAsString();
            if (!type.equals("chunk")) {
                described.put(name, entry);
            }
            if (type.equals("reg") || type.equals("chunk")) {
                ByteArrayOutputStream content = found.computeIfAbsent(name, key -> new ByteArrayOutputStream());
                piece(packed, entry, described.getOrDefault(name, entry), content);
            }
        }
        assertThat(found.keySet()).isEqualTo(files.keySet());
        files.forEach((name, bytes) -> {
            assertThat(Arrays.equals(requireNonNull(found.get(name)).toByteArray(), bytes))
                    .as(name)
                    .isTrue();
            assertThat(requireNonNull(described.get(name)).get("digest").getAsString())
                    .isEqualTo(Digest.of(bytes).toString());
        });
        checkMetadata(described);
    }

    private static void checkMetadata(Map<String, JsonObject> described) {
        JsonObject file = requireNonNull(described.get("dir/" + "long".repeat(513 % 60) + 513));
        assertThat(file.get("mode").getAsInt()).isEqualTo(04755);
        assertThat(file.get("gid").getAsInt()).isEqualTo(70_000_000);
        assertThat(file.get("modtime").getAsString()).isEqualTo("2020-09-13T12:26:41Z");
        assertThat(Base64.getDecoder()
                        .decode(file.getAsJsonObject("xattrs")
                                .get("security.capability")
                                .getAsString()))
                .containsExactly(1, 0, -1);
        assertThat(requireNonNull(described.get("dir/")).get("type").getAsString())
                .isEqualTo("dir");
        assertThat(requireNonNull(described.get("link")).get("linkName").getAsString())
                .isEqualTo("dir/1");
        assertThat(requireNonNull(described.get("hard")).get("type").getAsString())
                .isEqualTo("hardlink");
        assertThat(requireNonNull(described.get("null")).get("devMinor").getAsInt())
                .isEqualTo(3);
    }

    private JsonObject table(byte[] packed) throws IOException {
        byte[] footer = Arrays.copyOfRange(packed, packed.length - 51, packed.length);
        assertThat(new String(footer, 32, 6, StandardCharsets.US_ASCII)).isEqualTo("STARGZ");
        assertThat(unpacked(footer, 0).readAllBytes()).isEmpty();
        int offset = Integer.parseInt(new String(footer, 16, 16, StandardCharsets.US_ASCII), 16);
        TarReader reader = new TarReader(unpacked(packed, offset));
        assertThat(reader.next().orElseThrow().name()).isEqualTo("stargz.index.json");
        byte[] json = reader.content().readAllBytes();
        assertThat(annotations)
                .containsEntry(EstargzOutput.TOC_DIGEST, Digest.of(json).toString());
        return Json.parse(json, "table");
    }

    private static void piece(byte[] packed, JsonObject piece, JsonObject file, ByteArrayOutputStream content)
            throws IOException {
        if (!piece.has("offset")) {
            assertThat(file.has("size")).isFalse();
            return;
        }
        long at = piece.get("chunkOffset").getAsLong();
        assertThat(at).isEqualTo(content.size());
        long rest = file.get("size").getAsLong() - at;
        int size = (int) (piece.has("chunkSize") ? piece.get("chunkSize").getAsLong() : rest);
        byte[] bytes = unpacked(packed, piece.get("offset").getAsInt()).readNBytes(size);
        assertThat(piece.get("chunkDigest").getAsString())
                .isEqualTo(Digest.of(bytes).toString());
        content.writeBytes(bytes);
    }

    @Test
    void ordinaryReadersSeeTheTarAsItWas() throws IOException, InterruptedException {
        byte[] tar = tar();
        byte[] packed = pack(tar, 100_001);
        byte[] all = unpacked(packed, 0).readAllBytes();
        assertThat(Arrays.equals(Arrays.copyOf(all, tar.length), tar)).isTrue();
        assertThat(Digest.ofHash(diffId.digest())).isEqualTo(Digest.of(all));
        assertThat(annotations).containsEntry(EstargzOutput.UNCOMPRESSED_SIZE, Integer.toString(all.length));
        assertThat(Arrays.equals(pack(tar, 7_777), packed)).as("equal bytes").isTrue();
        Path file = Files.write(scratch.resolve("layer.tar.gz"), packed);
        Process list = new ProcessBuilder("tar", "-tzf", file.toString())
                .redirectErrorStream(true)
                .start();
        String names = new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(list.waitFor()).as(names).isZero();
        assertThat(names.lines()).hasSize(files.size() + 4).doesNotContain("stargz.index.json");
    }
}
