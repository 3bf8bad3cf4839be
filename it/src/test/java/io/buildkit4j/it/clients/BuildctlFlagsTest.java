package io.buildkit4j.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.spine.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flags of {@code buildctl} that scripts live on. */
@Tag("root")
class BuildctlFlagsTest {
    @TempDir
    Path folder;

    private Program buildctl(Daemon daemon, String... words) {
        return Program.buildctl("--addr", daemon.unix()).with(words);
    }

    @Test
    void scriptsReadWhatADaemonSays() throws IOException {
        Path metadata = folder.resolve("metadata.json");
        try (Daemon daemon = Daemon.start(Files.createDirectories(folder.resolve("d")))) {
            Context context = new Context(folder.resolve("context")).dockerfile("FROM scratch\nENV A=b\n");
            buildctl(daemon, "build", "--output", "type=image,name=it/metadata:1")
                    .with("--metadata-file", metadata.toString())
                    .with(context.flags())
                    .run()
                    .succeeded();
            JsonObject answer =
                    JsonParser.parseString(Files.readString(metadata)).getAsJsonObject();
            assertThat(answer.getAsJsonObject("containerimage.descriptor").get("digest"))
                    .isEqualTo(answer.get("containerimage.digest"));
            assertThat(answer.get("image.name").getAsString()).contains("it/metadata:1");

            JsonArray workers = JsonParser.parseString(buildctl(daemon, "debug", "workers", "--format", "json")
                            .run()
                            .succeeded()
                            .out())
                    .getAsJsonArray();
            assertThat(workers.get(0)
                            .getAsJsonObject()
                            .getAsJsonObject("labels")
                            .keySet())
                    .contains("org.mobyproject.buildkit.worker.executor");
            assertThat(buildctl(daemon, "debug", "info", "--format", "{{json .}}")
                            .run()
                            .succeeded()
                            .out())
                    .contains("buildkitVersion");

            String line = Program.buildctl("--addr", daemon.unix(), "--log-format=json", "debug", "logs", "nothing")
                    .run()
                    .failed()
                    .err();
            assertThat(JsonParser.parseString(line).getAsJsonObject().get("msg").getAsString())
                    .contains("nothing");
        }
    }

    private static Program.Outcome dump(Daemon daemon) {
        return Program.buildctl(
                        "debug", "dump-metadata", "--root", daemon.root().toString())
                .run();
    }

    @Test
    void aStateDirectoryIsReadWithoutItsDaemon() throws IOException {
        Daemon daemon = Daemon.start(Files.createDirectories(folder.resolve("d")));
        try (daemon) {
            Context context = new Context(folder.resolve("context")).dockerfile("FROM scratch\nCOPY busybox /there\n");
            buildctl(daemon, "build").with(context.flags()).run().succeeded();
        }
        JsonArray records =
                JsonParser.parseString(dump(daemon).succeeded().out()).getAsJsonArray();
        assertThat(records).anyMatch(record -> record.toString().contains("COPY busybox"));
        assertThat(Program.buildctl("debug", "dump-metadata", "--root", folder.toString())
                        .run()
                        .failed()
                        .err())
                .contains("no state of a daemon");
    }

    @Test
    void aDaemonThatOnlyStartsIsWaitedFor() throws IOException, InterruptedException {
        Path place = Files.createDirectories(folder.resolve("d"));
        String address = "unix://" + place.resolve("d.sock");
        assertThat(Program.buildctl("--addr", address, "debug", "info")
                        .run()
                        .failed()
                        .err())
                .contains("d.sock");
        Process early = Program.buildctl("--addr", address, "--wait", "--timeout", "60", "debug", "info")
                .start(folder.resolve("out"), folder.resolve("err"));
        try (Daemon daemon = Daemon.start(place)) {
            int exit = early.waitFor();
            assertThat(exit)
                    .as("%s%n%s", Files.readString(folder.resolve("err")), daemon.log())
                    .isZero();
            assertThat(folder.resolve("out")).content().contains("io.buildkit4j");
        }
    }
}
