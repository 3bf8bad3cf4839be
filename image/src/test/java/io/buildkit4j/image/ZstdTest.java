package io.buildkit4j.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ZstdTest {
    private static byte[] pack(byte[] input, int workers, int step) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = Compression.zstd(packed, 3, workers)) {
            for (int at = 0; at < input.length; at += step) {
                out.write(input, at, Math.min(step, input.length - at));
            }
        }
        return packed.toByteArray();
    }

    /** Several jobs of the library's, which are of 8 MiB at this level. */
    @Test
    void bytesDependOnTheInputOnly() throws IOException {
        byte[] input = new byte[18 << 20];
        Random random = new Random(3);
        for (int i = 0; i < input.length; i++) {
            input[i] = (byte) (random.nextInt(4) == 0 ? random.nextInt(64) : i >>> 12);
        }
        Digest once = Digest.of(pack(input, 1, 1 << 20));
        assertThat(Digest.of(pack(input, 2, 100_001))).isEqualTo(once);
        assertThat(Digest.of(pack(input, 5, 4096))).isEqualTo(once);
        assertThat(Compression.ZSTD
                        .decompress(new ByteArrayInputStream(pack(input, 3, 1 << 16)))
                        .readAllBytes())
                .isEqualTo(input);
    }
}
