package io.buildkit4j.it.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.it.peer.Registry;
import io.buildkit4j.it.spine.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One daemon builds and leaves its cache; others, which know nothing, find every step by it. */
@Tag("root")
class RemoteCacheTest {
    @TempDir
    static Path shared;

    private static Daemon first;
    private static Registry registry;
    private static Context context = new Context(Path.of("/nowhere-yet"));
    private static String random = "";

    @TempDir
    Path folder;

    /** A step whose result no second run has, below a step that takes a file of it. */
    @BeforeAll
    static void start() throws IOException {
        registry = Registry.start(Files.createDirectories(shared.resolve("registry")));
        first = Daemon.start(Files.createDirectories(shared.resolve("first")));
        context = new Context(shared.resolve("context")).dockerfile("""
                FROM scratch AS base
                COPY busybox /bin/sh
                RUN read a < /proc/sys/kernel/random/uuid; echo $a > /random; echo $a > /other
                FROM scratch
                COPY --from=base /random /random
                """);
        Path tree = shared.resolve("tree");
        Outcome built = build(
                        first,
                        tree,
                        "--export-cache=type=registry,mode=max,ref=" + registry.name("it/cache:max"),
                        "--export-cache=type=registry,ref=" + registry.name("it/cache:min"),
                        "--export-cache=type=registry,image-manifest=false,compression=zstd,ref="
                                + registry.name("it/cache:index"),
                        "--export-cache=type=local,mode=max,dest=" + shared.resolve("local"))
                .succeeded();
        assertThat(built.said())
                .contains("exporting cache to registry")
                .contains("exporting cache to client directory");
        build(first, shared.resolve("again"), "--export-cache=type=inline")
                .with("--output", "type=image,push=true,name=" + registry.name("it/inline:1"))
                .run()
                .succeeded();
        random = Files.readString(tree.resolve("random"));
    }

    @AfterAll
    static void stop() {
        first.close();
        registry.close();
    }

    /** A build that can still be given more flags. */
    private record Build(Program program) {
        Build with(String... flags) {
            program.with(flags);
            return this;
        }

        Outcome run() {
            return program.run();
        }

        Outcome succeeded() {
            return run().succeeded();
        }
    }

    private static Build build(Daemon daemon, Path tree, String... flags) {
        return new Build(Program.buildctl("--addr", daemon.unix(), "build", "--progress=plain")
                .with(context.flags())
                .with("--output", "type=local,dest=" + tree)
                .with(flags));
    }

    private void found(Daemon daemon, String... flags) throws IOException {
        Path tree = folder.resolve("tree");
        Outcome built = build(daemon, tree, flags).succeeded();
        assertThat(tree.resolve("random")).as(built.said()).hasContent(random);
        assertThat(Files.readString(tree.resolve("random"))).isNotBlank();
    }

    @Test
    void aFreshDaemonRunsNothingThatAnotherHasRun() throws IOException {
        for (String place : List.of(
                "type=registry,ref=" + registry.name("it/cache:max"),
                "type=registry,ref=" + registry.name("it/cache:min"),
                "type=registry,ref=" + registry.name("it/cache:index"),
                "type=registry,ref=" + registry.name("it/inline:1"),
                "type=local,src=" + shared.resolve("local"))) {
            Path state = Files.createTempDirectory(folder, "fresh");
            try (Daemon fresh = Daemon.start(state)) {
                found(fresh, "--import-cache=" + place);
            }
        }
    }

    @Test
    void onlyWhatIsNeededIsFetchedAndItStays() throws IOException {
        try (Daemon fresh = Daemon.start(Files.createDirectories(folder.resolve("fresh")))) {
            found(fresh, "--import-cache=type=registry,ref=" + registry.name("it/cache:max"));
            String kept = Program.buildctl("--addr", fresh.unix(), "du", "-v")
                    .run()
                    .succeeded()
                    .out();
            assertThat(kept).doesNotContain("/other");
            found(fresh); // without the import: it is its own by now
        }
    }

    @Test
    void aCacheThatIsNotThereOrIsNoneStopsNoBuild() throws IOException {
        Files.createDirectories(folder.resolve("layout"));
        Files.writeString(folder.resolve("layout/index.json"), "no index");
        Outcome built = build(
                        first,
                        folder.resolve("tree"),
                        "--import-cache=type=registry,ref=" + registry.name("it/none:1"),
                        "--import-cache=type=local,src=" + folder.resolve("nowhere"),
                        "--import-cache=type=local,src=" + folder.resolve("layout"))
                .succeeded();
        assertThat(built.said()).contains("importing cache manifest from " + registry.name("it/none:1"));
    }

    @Test
    void anExportThatFailsFailsTheBuildUnlessItIsForgiven() {
        String nowhere = "type=registry,ref=127.0.0.1:1/it/cache:1";
        Outcome failed = build(first, folder.resolve("tree"), "--export-cache=" + nowhere)
                .run()
                .failed();
        assertThat(failed.said()).contains("127.0.0.1:1");
        build(first, folder.resolve("tree"), "--export-cache=" + nowhere + ",ignore-error=true")
                .succeeded();
        assertThat(build(first, folder.resolve("tree"), "--export-cache=type=gha")
                        .run()
                        .failed()
                        .said())
                .contains("cache type gha is not supported");
    }

    @Test
    void buildxLeavesAndTakesCachesToo() throws IOException {
        Path home = Files.createDirectories(folder.resolve("home"));
        String cache = "type=registry,ref=" + registry.name("it/buildx:cache");
        try (Daemon fresh = Daemon.start(Files.createDirectories(folder.resolve("fresh")))) {
            for (String[] step : List.of(
                    new String[] {"create", "--name", "one", "--driver", "remote", first.unix()},
                    new String[] {"create", "--name", "two", "--driver", "remote", fresh.unix()},
                    new String[] {"build", "--builder=one", "--cache-to=" + cache + ",mode=max"},
                    new String[] {"build", "--builder=two", "--cache-from=" + cache})) {
                boolean builds = step[0].equals("build");
                Program buildx = Program.of(
                                Program.top().resolve(".build/docker-buildx").toString())
                        .with(step)
                        .set("HOME", home.toString());
                if (builds) {
                    buildx.with(
                            "--output=type=local,dest=" + folder.resolve("tree"),
                            context.folder().toString());
                }
                buildx.run().succeeded();
            }
        }
        assertThat(folder.resolve("tree/random")).hasContent(random);
    }
}
