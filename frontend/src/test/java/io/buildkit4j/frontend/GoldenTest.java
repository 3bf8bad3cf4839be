package io.buildkit4j.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.Dump;
import io.buildkit4j.llb.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * One folder a case: {@code Dockerfile}, perhaps {@code options} (a line each), {@code ignore} (a .dockerignore), {@code files}
 * (more of what sources hold, each after a line {@code === SOURCE/PATH}), and what they become in {@code expected}: steps and
 * image configuration, or the error; the answer where the options ask for one, and the findings where the folder is called
 * {@code check-…}. {@code -Dgolden.write=true} writes those anew: read what it wrote before it is kept.
 */
class GoldenTest {
    private static final Path CASES = Path.of("src/test/cases");
    private static final Map<String, String> IMAGES = Map.of(
            "docker.io/library/onbuild:latest",
            "{\"config\":{\"Env\":[\"PATH=/p\",\"V=1\"],\"WorkingDir\":\"/w\",\"OnBuild\":[\"COPY . /app\",\"RUN make\"]}}",
            "docker.io/library/rich:latest",
            "{\"os\":\"linux\",\"config\":{\"Env\":[\"PATH=/p\",\"LANG=C\"],\"User\":\"bob\",\"WorkingDir\":\"/home\","
                    + "\"Cmd\":[\"sh\"],\"Entrypoint\":[\"/e\"],\"Shell\":[\"/bin/bash\",\"-c\"],\"Labels\":{\"a\":\"b\"},\"Odd\":1},"
                    + "\"history\":[{\"created_by\":\"base\"}]}",
            "docker.io/library/empty:latest",
            "{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}",
            "docker.io/library/odd:latest",
            "not json",
            "docker.io/library/foreign:latest",
            "{\"os\":\"linux\",\"architecture\":\"s390x\",\"config\":{\"Env\":[\"PATH=/p\"]}}",
            "docker.io/library/gone:latest",
            "missing");

    /** What {@code input:base} means. */
    private static final Map<String, Definition> INPUTS = Map.of(
            "base",
            Sources.imageState("docker.io/library/given:latest", Platform.of("linux", "amd64", ""))
                    .marshal());

    @TestFactory
    Stream<DynamicTest> cases() throws IOException {
        List<Path> folders;
        try (Stream<Path> found = Files.list(CASES)) {
            folders = found.sorted().toList();
        }
        assertThat(folders).hasSizeGreaterThanOrEqualTo(400);
        return folders.stream()
                .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder)));
    }

    private static void check(Path folder) throws IOException, InterruptedException {
        String actual = describe(folder);
        Path expected = folder.resolve("expected");
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(expected, actual);
        }
        assertThat(actual).isEqualTo(Files.readString(expected));
    }

    static String describe(Path folder) throws IOException, InterruptedException {
        Map<String, String> files = new HashMap<>();
        if (Files.exists(folder.resolve("Dockerfile"))) {
            files.put("dockerfile/Dockerfile", Files.readString(folder.resolve("Dockerfile")));
        }
        if (Files.exists(folder.resolve("ignore"))) {
            files.put("context/.dockerignore", Files.readString(folder.resolve("ignore")));
        }
        if (Files.exists(folder.resolve("files"))) {
            for (String part : ("\n" + Files.readString(folder.resolve("files"))).split("\n=== ", -1)) {
                int end = part.indexOf('\n');
                files.put(end < 0 ? part : part.substring(0, end), end < 0 ? "" : part.substring(end + 1));
            }
        }
        CannedGateway gateway = new CannedGateway(files, IMAGES);
        String answer = describe(options(folder), gateway);
        boolean checked = folder.getFileName().toString().startsWith("check-");
        return checked
                ? warnings(gateway) + answer.lines().filter(GoldenTest::isError).collect(Collectors.joining("\n"))
                : answer;
    }

    private static String describe(Map<String, String> options, CannedGateway gateway) throws InterruptedException {
        try {
            FrontendRequest request = new FrontendRequest(FrontendOptions.parse(options), INPUTS);
            return switch (new DockerfileFrontend().describe(request, gateway)) {
                case Described.Here(var builds) -> builds(builds);
                case Described.Answered(var notes) -> notes(notes);
                case Described.Elsewhere elsewhere -> "asked: " + elsewhere.image() + " (" + elsewhere.line() + ")\n";
            };
        } catch (DockerfileFault fault) {
            return "error: " + fault.getMessage() + "\n" + fault.excerpt();
        } catch (FrontendFault fault) {
            return "error: " + fault.getMessage() + "\n";
        }
    }

    private static Map<String, String> options(Path folder) throws IOException {
        Map<String, String> options = new TreeMap<>();
        if (Files.exists(folder.resolve("options"))) {
            for (String line : Files.readAllLines(folder.resolve("options"))) {
                int equals = line.indexOf('=');
                options.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return options;
    }

    private static String builds(List<PlatformBuild> builds) {
        StringBuilder out = new StringBuilder();
        for (PlatformBuild build : builds) {
            out.append(steps(build.definition())).append(build.imageConfig()).append('\n');
            build.epoch().ifPresent(time -> out.append("epoch ").append(time).append('\n'));
        }
        return out.toString();
    }

    private static String notes(List<Described.Note> notes) {
        return notes.stream()
                .map(note -> "== " + note.name() + "\n" + note.text() + "\n")
                .collect(Collectors.joining())
                .replaceAll("sha256:[0-9a-f]{64}", "sha256:");
    }

    private static boolean isError(String line) {
        return line.startsWith("error: ");
    }

    private static String warnings(CannedGateway gateway) {
        return gateway.warnings.stream()
                .map(warning -> warning.text() + "\n  "
                        + warning.ranges().stream()
                                .map(range -> range.startLine() + "-" + range.endLine())
                                .collect(Collectors.joining(" "))
                        + " " + warning.url() + "\n  " + String.join("; ", warning.details()) + "\n")
                .collect(Collectors.joining());
    }

    /** Digests change with every byte before them, so steps are called by their numbers. */
    private static String steps(Definition definition) {
        String text = Dump.jsonLines(definition)
                .replaceAll(",\"Digest\":.*?(,\"description\":\\{.*?\\})?(,\"caps\".*)?\\}\n", "}\n");
        for (int i = 0; i < definition.entries().size(); i++) {
            text = text.replace(definition.entries().get(i).digest().toString(), "#" + i);
        }
        StringBuilder out = new StringBuilder();
        int place = 0;
        for (String line : text.lines().toList()) {
            Definition.Entry entry = definition.entries().get(place);
            String name = definition.metadata(entry.digest()).customName().orElse("");
            boolean ignored = definition.metadata(entry.digest()).ignoreCache();
            out.append('#').append(place++).append(' ').append(name).append(ignored ? " (not cached)" : "");
            out.append("\n  ").append(line).append('\n');
        }
        return out.toString();
    }
}
