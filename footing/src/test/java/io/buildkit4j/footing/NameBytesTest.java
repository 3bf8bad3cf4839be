package io.buildkit4j.footing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NameBytesTest {
    @Test
    void utf8StaysWhatItSays() {
        for (String name : new String[] {"", "plain", "grün", "日本", "\uD83D\uDE00", "\uFFFD"}) {
            assertThat(NameBytes.decode(name.getBytes(StandardCharsets.UTF_8))).isEqualTo(name);
            assertThat(NameBytes.encode(name)).isEqualTo(name.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void otherBytesBecomeLoneSurrogates() {
        assertThat(NameBytes.decode(new byte[] {'a', (byte) 0xFF, 'b'})).isEqualTo("a\uDCFFb");
    }

    @Test
    void everyNameSurvivesAndTheOrderIsThatOfTheBytes() {
        Random random = new Random(7);
        byte[] last = {};
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(8)];
            random.nextBytes(bytes);
            if (round % 3 == 0) {
                bytes = new String(bytes, StandardCharsets.UTF_16BE).getBytes(StandardCharsets.UTF_8);
            }
            String name = NameBytes.decode(bytes);
            assertThat(NameBytes.encode(name)).isEqualTo(bytes);
            assertThat(Integer.signum(NameBytes.compare(NameBytes.decode(last), name)))
                    .isEqualTo(Integer.signum(Arrays.compareUnsigned(last, bytes)));
            last = bytes;
        }
    }
}
