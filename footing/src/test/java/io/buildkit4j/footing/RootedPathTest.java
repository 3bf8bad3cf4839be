package io.buildkit4j.footing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RootedPathTest {
    @ParameterizedTest
    @CsvSource({"a/b,a/b", "/a//b/,a/b", "./a/./b,a/b", "a/../b,b", "../../etc,etc", "/..,''", "'',''", "/,''"})
    void aPathIsCleanAndStaysInside(String written, String clean) {
        assertThat(RootedPath.inside(written)).isEqualTo(clean);
    }
}
