package io.buildkit4j.it.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.it.peer.Registry;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.UsageRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One ingredient at a time is changed, and exactly that is named. */
@Tag("root")
class ExplainTest {
    private static final String DOCKERFILE = """
            FROM scratch AS base
            COPY busybox /bin/busybox
            RUN ["/bin/busybox", "--install", "-s", "/bin"]
            FROM base AS app
            RUN echo tools > /tools
            COPY src /src
            ARG VERSION=1
            ARG API_TOKEN=none
            RUN cat /src/main.c > /out && echo $VERSION >> /out
            """;

    @TempDir
    Path folder;

    private Path context;
    private Daemon daemon;

    @BeforeEach
    void start() throws IOException {
        context = folder.resolve("context");
        Files.createDirectories(context.resolve("src"));
        Files.copy(Path.of("/bin/busybox"), context.resolve("busybox"), StandardCopyOption.COPY_ATTRIBUTES);
        write("src/main.c", "int main;");
        write("src/other.c", "int other;");
        write("Dockerfile", DOCKERFILE);
        daemon = Daemon.start(Files.createDirectories(folder.resolve("daemon")));
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(context.resolve(name), text);
    }

    private Outcome build(String... more) {
        List<String> words = new ArrayList<>(List.of("--addr", daemon.unix(), "build", "--progress=plain"));
        words.addAll(List.of("--frontend", "dockerfile.v0"));
        words.addAll(List.of("--local", "context=" + context, "--local", "dockerfile=" + context));
        words.addAll(List.of(more));
        return Program.buildctl(words.toArray(String[]::new)).run();
    }

    private String explain() {
        return Program.buildctl("--addr", daemon.unix(), "explain")
                .run()
                .succeeded()
                .out();
    }

    /** The line of a step. */
    private static String line(String table, String step) {
        return table.lines()
                .filter(line -> line.contains(step))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no step " + step + " in\n" + table))
                .replaceAll("\\s+", " ");
    }

    private static String misses(String table) {
        return String.join(
                "\n",
                table.lines()
                        .filter(line -> line.startsWith("miss"))
                        .map(line -> line.replaceAll("\\s+", " "))
                        .toList());
    }

    @Test
    void namesTheOneCauseOfEachChange() throws IOException {
        build().succeeded();
        String first = explain();
        assertThat(line(first, "COPY src")).startsWith("miss").endsWith("never built here");
        build().succeeded();
        assertThat(explain()).doesNotContain("miss").contains("0 of");
        files();
        argumentsAndInstructions();
        build("--no-cache").succeeded();
        assertThat(line(explain(), "RUN echo tools")).endsWith("cache ignored on request");
        write("Dockerfile", DOCKERFILE + "RUN exit 3\n");
        build().failed();
        assertThat(line(explain(), "RUN exit 3")).startsWith("failed").contains("new: it was not in the build before");
        build().failed();
        assertThat(line(explain(), "RUN exit 3")).endsWith("it did not complete last time");
    }

    private void files() throws IOException {
        write("src/main.c", "int changed;");
        build().succeeded();
        String changed = explain();
        assertThat(line(changed, "COPY src")).startsWith("miss").endsWith("src/main.c changed (of 2 files)");
        assertThat(line(changed, "RUN cat")).startsWith("miss").contains("[app 2/3]: src/main.c changed");
        assertThat(line(changed, "RUN echo tools")).startsWith("hit");
        write("src/new.c", "int");
        build().succeeded();
        assertThat(line(explain(), "COPY src")).endsWith("src/new.c is new (of 3 files)");
        Files.delete(context.resolve("src/new.c"));
        Files.delete(context.resolve("src/other.c"));
        build().succeeded();
        assertThat(line(explain(), "COPY src")).endsWith("src/new.c was removed and 1 more (of 1 file)");
        Files.setPosixFilePermissions(context.resolve("src/main.c"), PosixFilePermissions.fromString("rwxr-xr-x"));
        build().succeeded();
        assertThat(line(explain(), "COPY src")).endsWith("src/main.c: mode 0644 -> 0755 (of 1 file)");
    }

    private void argumentsAndInstructions() throws IOException {
        build("--opt", "build-arg:VERSION=2").succeeded();
        assertThat(misses(explain()))
                .endsWith("environment VERSION: \"1\" -> \"2\"")
                .doesNotContain("COPY");
        build("--opt", "build-arg:VERSION=2", "--opt", "build-arg:API_TOKEN=hunter2")
                .succeeded();
        assertThat(misses(explain())).contains("environment API_TOKEN").doesNotContain("hunter2");
        build("--opt", "build-arg:VERSION=2", "--opt", "build-arg:API_TOKEN=hunter2")
                .succeeded();
        write("Dockerfile", DOCKERFILE.replace("RUN echo tools", "RUN echo more tools"));
        build("--opt", "build-arg:VERSION=2", "--opt", "build-arg:API_TOKEN=hunter2")
                .succeeded();
        String changed = explain();
        assertThat(line(changed, "RUN echo more"))
                .endsWith("instruction changed: RUN echo tools > /tools -> RUN echo more tools > /tools");
        assertThat(line(changed, "COPY src")).contains("[app 1/3]: instruction changed");
        write("Dockerfile", DOCKERFILE);
        build().succeeded();
        write("Dockerfile", DOCKERFILE.replace("COPY src", "RUN true\nCOPY src"));
        build().succeeded();
        assertThat(line(explain(), "RUN true")).endsWith("new: it was not in the build before");
        write("Dockerfile", DOCKERFILE.replace("RUN echo tools > /tools\n", ""));
        build().succeeded();
        assertThat(line(explain(), "COPY src"))
                .startsWith("miss")
                .contains("RUN ")
                .contains("before it");
        write("Dockerfile", DOCKERFILE);
        build().succeeded();
    }

    @Test
    void aBaseImageThatMovedIsNamedWithItsDigests() throws IOException {
        try (Registry registry = Registry.start(Files.createDirectories(folder.resolve("registry")))) {
            String image = registry.name("base") + ":latest";
            write("Dockerfile.base", "FROM scratch\nCOPY busybox /bin/sh\n");
            String output = "type=image,push=true,name=" + image;
            String host = "registry.insecure=true";
            build("--opt", "filename=Dockerfile.base", "--output", output + "," + host)
                    .succeeded();
            write("Dockerfile", "FROM " + image + "\nRUN echo 1\n");
            build("--opt", "image-resolve-mode=pull").succeeded();
            write("Dockerfile.base", "FROM scratch\nCOPY busybox /bin/sh\nCOPY src /src\n");
            build("--opt", "filename=Dockerfile.base", "--output", output + "," + host)
                    .succeeded();
            waitUntilNamesAreAskedAgain();
            build("--opt", "image-resolve-mode=pull").succeeded();
            assertThat(line(explain(), "RUN echo 1"))
                    .startsWith("miss")
                    .containsPattern("base:latest moved from sha256:[0-9a-f]{12} to sha256:[0-9a-f]{12}");
        }
    }

    /** What a tag means is asked for once in ten seconds. */
    private void waitUntilNamesAreAskedAgain() {
        daemon.close();
        daemon = Daemon.start(folder.resolve("daemon"));
    }

    private static List<String> results(Store store) {
        List<String> results = store.usage().stream()
                .filter(record -> record.description().text().contains("RUN cat"))
                .map(UsageRecord::id)
                .toList();
        assertThat(results).isNotEmpty();
        return results;
    }

    /** Builds, stops the daemon, does something to the results of a step, starts it, builds, and answers why that step ran. */
    private String afterwards(BiConsumer<Store, String> deed) throws IOException {
        build().succeeded();
        daemon.close();
        try (Store store = Store.open(daemon.root())) {
            results(store).forEach(id -> deed.accept(store, id));
        }
        daemon = Daemon.start(folder.resolve("daemon"));
        build().succeeded();
        return line(explain(), "RUN cat");
    }

    @Test
    void tellsWhatWasEvictedByWhichRuleAndWhatIsLost() throws IOException {
        assertThat(afterwards((store, id) -> {
                    assertThat(store.remove(id)).isPresent();
                    store.evictions().add(id, "keep at most 1 GB");
                }))
                .startsWith("miss")
                .containsPattern("evicted \\d{4}-\\S+: keep at most 1 GB");
        assertThat(afterwards((store, id) -> assertThat(store.remove(id)).isPresent()))
                .containsPattern("evicted \\d{4}-\\S+: removed by hand");
        assertThat(afterwards((store, id) -> Program.of(
                                "rm",
                                "-r",
                                daemon.root().resolve("snapshots/" + id).toString())
                        .run()
                        .succeeded()))
                .endsWith("its result is gone from the disk");
    }

    /** Snapshots, which a plan must not add to. */
    private long snapshots() throws IOException {
        try (Stream<Path> all = Files.list(daemon.root().resolve("snapshots"))) {
            return all.count();
        }
    }

    @Test
    void aPlanSaysWhatWouldRunAndRunsNothing() throws IOException {
        String fresh = build("--plan").succeeded().out();
        assertThat(line(fresh, "RUN echo tools")).startsWith("miss ? ").endsWith("never built here");
        assertThat(fresh).contains("would run");
        long before = snapshots();
        build("--plan").succeeded();
        assertThat(snapshots()).as("nothing was made").isEqualTo(before);
        build().succeeded();
        String known = build("--plan").succeeded().out();
        assertThat(known).doesNotContain("miss").contains("0 of");
        write("src/main.c", "int changed;");
        String plan = build("--plan", "--format", "json").succeeded().out();
        assertThat(step(plan, "COPY src").get("verdict").getAsString()).isEqualTo("would_run");
        JsonObject run = step(plan, "RUN cat");
        assertThat(run.get("verdict").getAsString()).isEqualTo("would_run");
        assertThat(run.get("expected_seconds").getAsDouble()).isPositive();
        assertThat(run.getAsJsonObject("cause").get("kind").getAsString()).isEqualTo("files");
        assertThat(step(plan, "RUN echo tools").get("hit").getAsBoolean()).isTrue();
        build().succeeded();
        assertThat(line(explain(), "COPY src"))
                .as("a plan is no build to be compared with")
                .contains("src/main.c changed");
    }

    private static JsonObject step(String json, String name) {
        for (JsonElement step : JsonParser.parseString(json).getAsJsonObject().getAsJsonArray("steps")) {
            if (step.getAsJsonObject().get("name").getAsString().contains(name)) {
                return step.getAsJsonObject();
            }
        }
        throw new AssertionError("no step " + name + " in " + json);
    }

    @Test
    void whatMadeOutOfContentIsNotKnownIsUnknown() throws IOException {
        write("Dockerfile", DOCKERFILE + "FROM scratch\nCOPY --from=app /tools /tools\nCOPY --from=app /out /out\n");
        build().succeeded();
        write("src/main.c", "int changed;");
        String plan = build("--plan").succeeded().out();
        assertThat(line(plan, "RUN cat")).startsWith("miss");
        assertThat(line(plan, "COPY --from=app /out")).startsWith("unknown").contains("src/main.c changed");
    }

    @Test
    void aBuildFromCacheFailsBeforeTheFirstStepThatWouldRun() throws IOException {
        Outcome never = build("--fail-on-miss").failed();
        assertThat(never.err()).contains("not in the cache: step [base").contains("never built here");
        build().succeeded();
        build("--fail-on-miss").succeeded();
        write("src/main.c", "int changed;");
        Outcome refused = build("--fail-on-miss").failed();
        assertThat(refused.err())
                .contains("step [app 2/3] COPY src /src would have to run: src/main.c changed (of 2 files)");
        build("--fail-on-miss=base").succeeded();
        write("src/main.c", "int changed again;");
        Outcome stage = build("--fail-on-miss=app", "--format=json").failed();
        assertThat(step(stage.out(), "COPY src").get("verdict").getAsString()).isEqualTo("would_run");
        String explained = Program.buildctl("--addr", daemon.unix(), "explain", "--format=json", "last")
                .run()
                .succeeded()
                .out();
        assertThat(step(explained, "RUN cat").get("verdict").getAsString()).isEqualTo("would_run");
        build().succeeded();
        assertThat(line(explain(), "COPY src"))
                .as("a refused build is none to be compared with")
                .contains("main.c changed");
    }

    @Test
    void whatIsNotRememberedIsSaidClearly() {
        Outcome none =
                Program.buildctl("--addr", daemon.unix(), "explain").run().failed();
        assertThat(none.err()).contains("no build is remembered yet");
        Outcome unknown = Program.buildctl("--addr", daemon.unix(), "explain", "nonsense")
                .run()
                .failed();
        assertThat(unknown.err()).contains("build nonsense is not remembered");
    }
}
