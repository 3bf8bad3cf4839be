package io.buildkit4j.worker.grant;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskedOutputTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream error = new ByteArrayOutputStream();

    private MaskedOutput masked(String... secrets) {
        return MaskedOutput.of(
                List.of(secrets).stream()
                        .map(text -> text.getBytes(StandardCharsets.UTF_8))
                        .toList(),
                (stream, bytes, offset, length) -> (stream == 1 ? out : error).write(bytes, offset, length));
    }

    private static void write(MaskedOutput to, int stream, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        to.write(stream, bytes, 0, bytes.length);
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aSecretIsMaskedWhereverItStands() {
        MaskedOutput masked = masked("hunter22\n");
        write(masked, 1, "hunter22 and xhunter22x\nhunter2 hunter22");
        masked.finish();
        assertThat(said()).isEqualTo("*** and x***x\nhunter2 ***");
    }

    @Test
    void theLongerOfTwoSecretsCounts() {
        MaskedOutput masked = masked("abcd", "abcdefgh");
        write(masked, 1, "abcdefgh abcdefg");
        masked.finish();
        assertThat(said()).isEqualTo("*** ***efg");
    }

    @Test
    void linesOfASecretCountEach() {
        MaskedOutput masked = masked("-----BEGIN-----\nkeykeykey\n-----END-----\n");
        write(masked, 1, "only keykeykey of it");
        masked.finish();
        assertThat(said()).isEqualTo("only *** of it");
    }

    @Test
    void shortValuesAreLeftAlone() {
        MaskedOutput masked = masked("abc", "");
        write(masked, 1, "abc");
        assertThat(said()).isEqualTo("abc");
    }

    @Test
    void streamsAreNotMixed() {
        MaskedOutput masked = masked("secret");
        write(masked, 1, "sec");
        write(masked, 2, "ret");
        masked.finish();
        assertThat(said()).isEqualTo("sec");
        assertThat(error.toString(StandardCharsets.UTF_8)).isEqualTo("ret");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void howTheBytesArriveMakesNoDifference(long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 400; i++) {
            text.append(random.nextInt(8) == 0 ? "aabaab" : random.nextBoolean() ? "a" : "b");
        }
        MaskedOutput masked = masked("aabaab");
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length; ) {
            int count = Math.min(bytes.length - at, 1 + random.nextInt(7));
            masked.write(1, bytes, at, count);
            at += count;
        }
        masked.finish();
        assertThat(said()).as("seed %d", seed).isEqualTo(text.toString().replace("aabaab", "***"));
    }
}
