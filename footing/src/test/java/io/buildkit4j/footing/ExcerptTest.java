package io.buildkit4j.footing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExcerptTest {
    private static final List<String> LINES = List.of("one", "two %d", "three", "four");

    @Test
    void linesAreMarkedAmongTheirNeighbours() {
        assertThat(Excerpt.of("Dockerfile", LINES, 2, 3, 1)).isEqualTo("""
                Dockerfile:2
                --------------------
                   1 |     one
                   2 | >>> two %d
                   3 | >>> three
                   4 |     four
                --------------------
                """);
    }

    @Test
    void aFileEndsWhereItEnds() {
        assertThat(Excerpt.of("f", LINES, 4, 9, 3).lines()).hasSize(7).contains("   4 | >>> four");
    }
}
