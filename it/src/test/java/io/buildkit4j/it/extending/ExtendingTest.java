package io.buildkit4j.it.extending;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.buildd.EmbeddedDaemon;
import io.buildkit4j.buildd.Parts;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.it.spine.Context;
import io.buildkit4j.llb.SourceId;
import io.buildkit4j.llb.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon with one more exporter, source, frontend and worker, each of which does its work. */
@Tag("root")
class ExtendingTest {
    private static final Pattern BLOCK =
            Pattern.compile("\\[`[^`]+`]\\(\\.\\./([^)]+)\\)[^\\n]*\\n\\n```java\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    static Path folder;

    @TempDir
    Path own;

    private static Path depot;
    private static Path shelf;
    private static EmbeddedDaemon daemon;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        depot = Files.createDirectory(folder.resolve("depot"));
        shelf = Files.createDirectory(folder.resolve("shelf"));
        Parts parts = Parts.OWN
                .exporter(new DepotExporter(depot))
                .source(new ShelfSource(shelf))
                .frontend("greeting.v0", new GreetingFrontend())
                .worker("unshare", (directory, brakes) -> new UnshareExecutor());
        daemon = EmbeddedDaemon.start(Optional.of(folder.resolve("state")), false, parts);
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    private Program buildctl(String... more) {
        return Program.buildctl("--addr", daemon.address(), "build", "--progress=plain")
                .with(more);
    }

    private Outcome dockerfile(String text, String... more) {
        Context context = new Context(own.resolve("context")).dockerfile(text);
        List<String> words = new ArrayList<>(List.of(context.flags()));
        words.addAll(List.of(more));
        return buildctl(words.toArray(String[]::new)).run();
    }

    @Test
    void theExporterExports() {
        String text = "FROM scratch\nCOPY Dockerfile /a/b/c\n";
        dockerfile(text, "--output", "type=depot,name=first").succeeded();
        assertThat(depot.resolve("first/a/b/c")).hasContent(text);
        assertThat(dockerfile(text, "--output", "type=depot,name=../x").failed().err())
                .contains("output type=depot needs a name of letters and digits");
        assertThat(dockerfile(Context.BASE + "RUN false\n", "--output", "type=depto")
                        .failed()
                        .err())
                .contains("unknown output type \"depto\": it can be image, oci, docker, local, depot or tar");
    }

    @Test
    void theSourceIsASourceAndItsVersionIsTheKey() throws IOException {
        Path definition = Files.write(
                own.resolve("definition"),
                Sources.state(new SourceId.Unknown("shelf://tool", List.of()))
                        .marshal()
                        .encode());
        Files.writeString(shelf.resolve("tool"), "one");
        assertThat(taken(definition).out()).isEqualTo("one");
        assertThat(taken(definition).err()).contains("CACHED");
        Files.writeString(shelf.resolve("tool"), "two");
        assertThat(taken(definition).out()).isEqualTo("two");
        Files.delete(shelf.resolve("tool"));
        assertThat(buildctl().reading(definition).run().failed().err()).contains("there is no tool on the shelf");
    }

    private Outcome taken(Path definition) throws IOException {
        Path out = own.resolve("out");
        Outcome outcome = buildctl("--output", "type=local,dest=" + out)
                .reading(definition)
                .run()
                .succeeded();
        return new Outcome(outcome.command(), 0, Files.readString(out.resolve("tool")), outcome.err());
    }

    @Test
    void theFrontendDescribes() {
        Path out = own.resolve("out");
        buildctl("--frontend", "greeting.v0", "--opt", "name=Ada", "--output", "type=local,dest=" + out)
                .run()
                .succeeded();
        assertThat(out.resolve("greeting")).hasContent("Hello, Ada!\n");
        assertThat(buildctl("--frontend", "greting.v0").run().failed().err())
                .contains("frontend greting.v0 is not known", "greeting.v0");
    }

    @Test
    void theWorkerRunsWhatChoosesIt() {
        String[] chosen = {"--opt", "worker=labels.org.mobyproject.buildkit.worker.executor==unshare"};
        Outcome outcome = dockerfile("""
                FROM scratch
                COPY busybox /bin/sh
                ENV COLOUR=blue
                WORKDIR /srv
                RUN echo is $$ $COLOUR $PWD; echo kept > f
                RUN read f < f; echo $f
                """, chosen).succeeded();
        assertThat(outcome.err()).contains(" is 1 blue /srv\n", " kept\n");
        assertThat(dockerfile("FROM scratch\nCOPY busybox /bin/sh\nRUN exit 7\n", chosen)
                        .failed()
                        .err())
                .contains("exit code: 7");
        assertThat(Program.buildctl("--addr", daemon.address(), "debug", "workers", "-v")
                        .run()
                        .succeeded()
                        .out())
                .contains("executor:\tunshare");
    }

    @Test
    void thePageShowsWhatRunsHere() throws IOException {
        String page = Files.readString(Program.top().resolve("docs/extending.md"));
        List<MatchResult> blocks = BLOCK.matcher(page).results().toList();
        assertThat(blocks).hasSize(9);
        for (MatchResult block : blocks) {
            assertThat(Files.readString(Program.top().resolve(block.group(1))).replaceAll("(?m)^ +", ""))
                    .contains(block.group(2).strip().replaceAll("(?m)^ +", ""));
        }
    }
}
