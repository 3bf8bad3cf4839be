package io.buildkit4j.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.linux.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code buildctl debug verify} and {@code buildctl df}. */
@Tag("root")
class VerifyTest {
    @TempDir
    Path folder;

    private static JsonObject asked(Daemon daemon, String... words) {
        List<String> command = new ArrayList<>(List.of("--addr", daemon.unix()));
        command.addAll(List.of(words));
        String out = Program.buildctl(command.toArray(String[]::new))
                .run()
                .succeeded()
                .out();
        return JsonParser.parseString(out).getAsJsonObject();
    }

    private Path largest(String below) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("root").resolve(below))) {
            return files.filter(file -> Files.isRegularFile(file) && !Files.isSymbolicLink(file))
                    .max(java.util.Comparator.comparingLong(
                            file -> file.toFile().length()))
                    .orElseThrow();
        }
    }

    @Test
    void damageIsFoundAndBuiltAgainWhileBuildsGoOn() throws IOException, InterruptedException {
        Site site = new Site(folder);
        try (Daemon daemon = Daemon.start(folder)) {
            site.validated(daemon, 1, 5);
            assertThat(Program.buildctl("--addr", daemon.unix(), "debug", "verify")
                            .run()
                            .succeeded()
                            .out())
                    .contains("all are whole");
            Path blob = largest("content/blobs");
            byte[] bytes = Files.readAllBytes(blob);
            bytes[bytes.length / 2]++;
            Files.write(blob, bytes);
            Path file = largest("snapshots");
            Path snapshot = folder.resolve("root/snapshots").relativize(file).subpath(0, 1);
            Files.writeString(file, "cut");
            Process build = site.build(daemon, 2, 1).start(folder.resolve("out"), folder.resolve("err"));
            JsonObject found = asked(daemon, "debug", "verify", "--format", "json");
            JsonArray damages = found.getAsJsonArray("damages");
            assertThat(damages)
                    .extracting(damage -> damage.getAsJsonObject().get("id").getAsString())
                    .containsExactlyInAnyOrder("sha256:" + blob.getFileName(), snapshot.toString());
            assertThat(found.get("records").getAsLong()).isPositive();
            assertThat(build.waitFor(3, TimeUnit.MINUTES)).isTrue();
            assertThat(build.exitValue()).isZero();
            site.validated(daemon, 1, 5);
            FileTree.remove(folder.resolve("root/content/blobs").toString());
            assertThat(asked(daemon, "debug", "verify", "--format", "json").getAsJsonArray("damages"))
                    .isNotEmpty();
            Files.createDirectories(folder.resolve("root/content/blobs/sha256"));
            site.validated(daemon, 1, 5);
        }
    }

    @Test
    void whatUsesTheDiskIsToldWithWhyItIsKept() throws InterruptedException {
        Site site = new Site(folder);
        try (Daemon daemon = Daemon.start(folder)) {
            site.checked(daemon, 1, 2);
            JsonObject json = asked(daemon, "df", "--format", "json");
            assertThat(json.get("used").getAsLong()).isGreaterThan(2_000_000);
            List<String> reasons = new ArrayList<>();
            for (JsonElement record : json.getAsJsonArray("next")) {
                reasons.add(record.getAsJsonObject().get("why").getAsString());
            }
            assertThat(reasons)
                    .anyMatch(why -> why.startsWith("one record stands on it"))
                    .contains("no rule asks for its room");
            String table = Program.buildctl("--addr", daemon.unix(), "df", "--verbose")
                    .run()
                    .succeeded()
                    .out();
            assertThat(table).contains("NEXT TO GO", "used of at most", "RULES, in their order");
        }
    }
}
