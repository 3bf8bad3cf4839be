package io.buildkit4j.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathPatternsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "a a true",
                "a a/b true",
                "a ab false",
                "a b/a false",
                "./a/ a true",
                "a/../b b true",
                "a/b a false",
                "* a true",
                "* a/b true",
                "*.c x.c true",
                "*.c d/x.c false",
                "**/*.c d/x.c true",
                "**/*.c x.c true",
                "**/*.c d/e/x.c true",
                "**/*.c xc false",
                "** a/b/c true",
                "a/** a false",
                "a/** a/b true",
                "a/**/b a/b true",
                "a/**/b a/x/y/b true",
                "a/**/b a/x/yb false",
                "**/b ab false",
                "**/b a/b/c true",
                "a** abc/d true",
                "a?c abc true",
                "a?c a/c false",
                "[a-c]x bx true",
                "[^a-c]x bx false",
                "[^a-c]x dx true",
                "a.b axb false",
                "\\* * true",
                "\\* a false",
                "a$ a$ true",
                "dir/*/x dir/one/x true",
                "dir/*/x dir/one/two/x false",
                "**/a/** q/a/z true",
            })
    void one(String pattern, String path, boolean expected) {
        PathPatterns patterns = PathPatterns.of(List.of(pattern));
        assertThat(patterns.matches(path)).isEqualTo(expected);
        assertThat(walk(patterns, path).matched()).isEqualTo(expected);
    }

    private static PathPatterns.Verdict walk(PathPatterns patterns, String path) {
        PathPatterns.Verdict verdict = patterns.root();
        for (String part : path.split("/")) {
            if (verdict.settled()) {
                boolean answer = verdict.matched();
                verdict = verdict.enter(part);
                assertThat(verdict.matched()).as("settled above %s", part).isEqualTo(answer);
            } else {
                verdict = verdict.enter(part);
            }
        }
        return verdict;
    }

    @Test
    void theLastMatchDecides() {
        PathPatterns patterns = PathPatterns.of(List.of("*", "!src", "src/*.o", " ", "!src/keep.o"));
        assertThat(patterns.matches("README")).isTrue();
        assertThat(patterns.matches("src")).isFalse();
        assertThat(patterns.matches("src/a.c")).isFalse();
        assertThat(patterns.matches("src/a.o")).isTrue();
        assertThat(patterns.matches("src/keep.o")).isFalse();
        for (String path : List.of("README", "src", "src/a.c", "src/a.o", "src/keep.o", "x/y/z")) {
            assertThat(walk(patterns, path).matched()).as(path).isEqualTo(patterns.matches(path));
        }
    }

    @Test
    void aWalkKnowsWhatItMaySkip() {
        PathPatterns excludes = PathPatterns.of(List.of("node", "out", "!out/keep/*.txt"));
        assertThat(excludes.root().enter("node").settled()).isTrue();
        assertThat(excludes.root().enter("out").settled()).isFalse();
        assertThat(excludes.root().enter("out").enter("keep").settled()).isFalse();
        assertThat(excludes.root().enter("out").enter("other").settled()).isTrue();
        assertThat(excludes.root().enter("src").settled()).isTrue();
        PathPatterns includes = PathPatterns.of(List.of("a/b", "c/*/d"));
        assertThat(includes.root().enter("x").settled()).isTrue();
        assertThat(includes.root().enter("a").settled()).isFalse();
        assertThat(includes.root().enter("a").enter("b").settled()).isTrue();
        assertThat(includes.root().enter("c").enter("z").settled()).isFalse();
        assertThat(PathPatterns.of(List.of("**/x")).root().enter("q").settled()).isFalse();
    }

    @Test
    void malformedOnesAreNamed() {
        for (String bad : List.of("[a", "a\\", "!", "[")) {
            assertThatThrownBy(() -> PathPatterns.of(List.of(bad)))
                    .isInstanceOf(WireFault.class)
                    .hasMessageContaining(bad);
        }
    }

    @Test
    void noPatternIsSlow() {
        PathPatterns patterns = PathPatterns.of(List.of("**/".repeat(20) + "*a".repeat(20) + "/**/b"));
        String path = "a".repeat(2000) + "/" + "x/".repeat(500) + "c";
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(5), () -> assertThat(patterns.matches(path)).isFalse());
    }

    /** Two ways to ask must agree: a path at once, and directory by directory. Another seed with each run. */
    @Test
    void whateverIsWrittenAWalkFindsWhatThePathsSay() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        Random random = new Random(seed);
        List<String> pieces =
                List.of("a", "b", "/", "*", "**", "?", "[ab]", "[^a]", "\\a", "!", "..", "\0", " ", "[", "]");
        for (int round = 0; round < 20_000; round++) {
            List<String> patterns = List.of(some(random, pieces), some(random, pieces));
            String path = some(random, List.of("a", "b", "/a", "/b", "c"));
            try {
                PathPatterns read = PathPatterns.of(patterns);
                PathPatterns.Verdict verdict = read.root();
                for (String part : path.split("/", -1)) {
                    verdict = verdict.enter(part);
                }
                assertThat(verdict.matched())
                        .as("-Dfuzz.seed=%s, round %s: %s on %s", seed, round, patterns, path)
                        .isEqualTo(read.matches(path));
            } catch (WireFault malformed) {
                assertThat(malformed.getMessage()).isNotBlank();
            }
        }
    }

    private static String some(Random random, List<String> pieces) {
        StringBuilder text = new StringBuilder("a");
        for (int i = random.nextInt(7); i > 0; i--) {
            text.append(pieces.get(random.nextInt(pieces.size())));
        }
        return random.nextBoolean() ? text.toString() : text.substring(1).replaceAll("^/", "") + "a";
    }

    @Test
    void noneMatchesNothing() {
        assertThat(PathPatterns.none().isEmpty()).isTrue();
        assertThat(PathPatterns.of(List.of("", "  ")).matches("a")).isFalse();
        assertThat(PathPatterns.none().root().settled()).isTrue();
    }
}
