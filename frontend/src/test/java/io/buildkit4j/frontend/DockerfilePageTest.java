package io.buildkit4j.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of what is supported names tests that are there. */
class DockerfilePageTest {
    private static final Path TOP = Path.of("..");
    private static final Pattern NAME = Pattern.compile("`([A-Za-z][A-Za-z0-9*-]*)`");

    @Test
    void everyTestThatItNamesIsThere() throws IOException {
        List<String> cases;
        try (Stream<Path> found = Files.list(Path.of("src/test/cases"))) {
            cases = found.map(path -> path.getFileName().toString()).toList();
        }
        List<String> missing = new ArrayList<>();
        int named = 0;
        for (String line : Files.readAllLines(TOP.resolve("docs/dockerfile.md"))) {
            String tests = line.startsWith("| ") ? line.replaceFirst("^.*\\| ([^|]*) \\|$", "$1") : "";
            Matcher names = NAME.matcher(tests);
            while (names.find()) {
                named++;
                if (!isThere(names.group(1), cases)) {
                    missing.add(names.group(1));
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(named).isGreaterThan(80);
    }

    private static boolean isThere(String name, List<String> cases) throws IOException {
        if (Character.isUpperCase(name.charAt(0))) {
            try (Stream<Path> files = Files.walk(TOP.resolve("it/src/test/java"))) {
                return files.anyMatch(file -> file.endsWith(name + ".java"));
            }
        }
        Pattern wanted = Pattern.compile(name.replace("*", ".*"));
        return cases.stream().anyMatch(folder -> wanted.matcher(folder).matches());
    }
}
