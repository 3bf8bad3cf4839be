package io.buildkit4j.image.deflate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.image.Compression;
import io.buildkit4j.image.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GzipTest {
    @TempDir
    Path scratch;

    private static byte[] text(int size, long seed) {
        Random random = new Random(seed);
        byte[] bytes = new byte[size];
        int at = 0;
        while (at < size) {
            if (at > 100 && random.nextInt(3) > 0) {
                int length = Math.min(3 + random.nextInt(random.nextInt(10) == 0 ? 400 : 12), size - at);
                int back = 1 + random.nextInt(Math.min(at, 1 << (1 + random.nextInt(16))));
                for (int i = 0; i < length; i++, at++) {
                    bytes[at] = bytes[at - back];
                }
            } else {
                bytes[at++] = (byte) (32 + Math.abs(random.nextGaussian()) * 20);
            }
        }
        return bytes;
    }

    private static Map<String, byte[]> inputs() {
        Map<String, byte[]> all = new LinkedHashMap<>();
        all.put("empty", new byte[0]);
        all.put("one", new byte[] {42});
        all.put("zeros", new byte[600_000]);
        byte[] random = new byte[700_000];
        new Random(5).nextBytes(random);
        all.put("random", random);
        all.put("text", text(600_000, 1));
        all.put("exactly one chunk", text(1 << 18, 2));
        all.put("one more", text((1 << 18) + 1, 3));
        all.put("two chunks", text(1 << 19, 4));
        byte[] skewed = new byte[300_000];
        for (int i = 0, weight = 0; i < skewed.length; i++) {
            weight = Long.numberOfTrailingZeros(i + 1L);
            skewed[i] = (byte) (weight * 7 + (i % 3 == 0 ? 0 : random[i]) / 64);
        }
        all.put("skewed", skewed);
        for (int size = 2; size < 400; size += 40) {
            all.put("small " + size, text(size, size));
        }
        return all;
    }

    private static byte[] pack(byte[] input, int level, int step) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GzipOutput(packed, level)) {
            for (int at = 0; at < input.length; at += step) {
                out.write(input, at, Math.min(step, input.length - at));
            }
        }
        return packed.toByteArray();
    }

    @Test
    void everyLevelIsUnderstoodByTheJdk() throws IOException {
        for (int level = 0; level <= 9; level++) {
            for (Map.Entry<String, byte[]> input : inputs().entrySet()) {
                byte[] packed = pack(input.getValue(), level, 100_000);
                byte[] back = new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes();
                assertThat(Arrays.equals(back, input.getValue()))
                        .as(input.getKey() + " at level " + level)
                        .isTrue();
                byte[] own = new GzipInput(new ByteArrayInputStream(packed)).readAllBytes();
                assertThat(Arrays.equals(own, input.getValue())).isTrue();
            }
        }
    }

    @Test
    void bytesDependOnTheInputOnly() throws IOException {
        byte[] input = text(1_500_000, 9);
        byte[] once = pack(input, 6, input.length);
        for (int step : new int[] {1 << 18, 4096, 65_537}) {
            assertThat(Digest.of(pack(input, 6, step))).isEqualTo(Digest.of(once));
        }
        // An encoder that packed something else before packs this as a fresh one does.
        ChunkEncoder used = new ChunkEncoder(6);
        used.encode(text(200_000, 10), 30_000, 200_000, true);
        used.encode(input, 0, 100_000, false);
        ChunkEncoder fresh = new ChunkEncoder(6);
        fresh.encode(input, 0, 100_000, false);
        assertThat(Arrays.copyOf(used.output().array(), used.output().length()))
                .isEqualTo(Arrays.copyOf(fresh.output().array(), fresh.output().length()));
    }

    @Test
    void bytesAreTheSameForEver() throws IOException {
        byte[] input = text(900_000, 77);
        assertThat(Digest.of(input))
                .hasToString("sha256:7b5556432aea937aec0840a3f8514f4f95df0219bd562e87832c21820550584a");
        assertThat(Digest.of(pack(input, 1, 1000)))
                .hasToString("sha256:030f527257a8c20953e8f7954345bf06d231034e8c6428bb7e7e168a21c6381b");
        assertThat(Digest.of(pack(input, 6, 1000)))
                .hasToString("sha256:d389efd8e460a50108461a5dfd45349a5b29b2527af88b7a9ca98f17991a3a5d");
        assertThat(Digest.of(pack(input, 9, 1000)))
                .hasToString("sha256:692b36ac4bb4adf2621e13c7985221f33502642280bb0e5f0c034653494f8b17");
    }

    @Test
    void gzipItselfAccepts() throws IOException, InterruptedException {
        for (Map.Entry<String, byte[]> input : inputs().entrySet()) {
            Path file = scratch.resolve("x.gz");
            Files.write(file, pack(input.getValue(), 6, 1 << 20));
            Process gzip = new ProcessBuilder("gzip", "-t", file.toString())
                    .inheritIO()
                    .start();
            assertThat(gzip.waitFor()).as(input.getKey()).isZero();
        }
    }

    @Test
    void packsAboutAsTightAsOthers() throws IOException {
        byte[] input = text(3_000_000, 12);
        ByteArrayOutputStream jdk = new ByteArrayOutputStream();
        try (OutputStream out = new java.util.zip.GZIPOutputStream(jdk)) {
            out.write(input);
        }
        assertThat(pack(input, 6, 1 << 20).length).isLessThan(jdk.size() * 105 / 100);
        byte[] random = inputs().getOrDefault("random", new byte[0]);
        assertThat(pack(random, 6, 1 << 20).length).isLessThan(random.length + random.length / 2000 + 100);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void everyMethodIsRecognisedAndUndone(Compression compression) throws IOException {
        byte[] input = text(600_000, 20);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = compression.compress(packed, -1)) {
            out.write(input);
        }
        try (InputStream in = Compression.decompressed(new ByteArrayInputStream(packed.toByteArray()))) {
            assertThat(Digest.of(in.readAllBytes())).isEqualTo(Digest.of(input));
        }
        assertThat(Compression.detect(packed.toByteArray(), 4)).isEqualTo(compression);
    }

    @Test
    void membersFollowEachOther() throws IOException {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(pack(new byte[] {1, 2}, 6, 2));
        both.writeBytes(pack(new byte[] {3}, 1, 2));
        both.writeBytes(new byte[512]);
        assertThat(new GzipInput(new ByteArrayInputStream(both.toByteArray())).readAllBytes())
                .containsExactly(1, 2, 3);
    }

    @Test
    void damageIsNoticedUnlessItMeansTheSame() throws IOException {
        byte[] input = text(50_000, 30);
        byte[] packed = pack(input, 6, 50_000);
        Random random = new Random(31);
        int noticed = 0;
        for (int round = 0; round < 200; round++) {
            byte[] damaged = packed.clone();
            damaged[10 + random.nextInt(packed.length - 10)] ^= (byte) (1 << random.nextInt(8));
            try {
                // A distance may be changed to that of an equal place, and the last bits are padding.
                assertThat(new GzipInput(new ByteArrayInputStream(damaged)).readAllBytes())
                        .isEqualTo(input);
            } catch (IOException expected) {
                noticed++;
            }
        }
        assertThat(noticed).isGreaterThan(180);
        byte[] cut = Arrays.copyOf(packed, packed.length - 3);
        assertThatThrownBy(() -> new GzipInput(new ByteArrayInputStream(cut)).readAllBytes())
                .isInstanceOf(IOException.class);
    }
}
