package io.buildkit4j.buildd.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.image.Platform;
import io.buildkit4j.store.Snapshotter;
import io.buildkit4j.worker.WorkerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerdWorkerTest {
    @TempDir
    Path folder;

    private Configuration read(String text) throws IOException {
        return ConfigurationFile.read(Files.writeString(folder.resolve("buildkitd.toml"), text));
    }

    @Test
    void readsWhatContainerdIsToDo() throws IOException {
        Configuration read = read("""
                [worker.oci]
                enabled = false
                [worker.containerd]
                enabled = true
                address = "/srv/c.sock"
                namespace = "builds"
                snapshotter = "native"
                platforms = ["linux/amd64"]
                max-parallelism = 2
                gc = false
                labels.site = "7"
                [worker.containerd.runtime]
                name = "io.containerd.runc.v2"
                """);
        assertThat(read.containerd())
                .isEqualTo(new ContainerdWorker(
                        ContainerdWorker.Use.TRUE,
                        "/srv/c.sock",
                        "builds",
                        "native",
                        Optional.of("io.containerd.runc.v2"),
                        new Configuration.Worker(
                                true,
                                Optional.empty(),
                                List.of(Platform.of("linux", "amd64", "")),
                                Map.of("site", "7"),
                                2,
                                Storage.DEFAULT.collecting(false),
                                Snapshotter.AUTO,
                                WorkerSettings.DEFAULT)));
        assertThat(read.usual()).isEqualTo(read.containerd().common());
    }

    @Test
    void flagsCountBeforeTheFile() throws IOException {
        Configuration file = read("""
                [worker.containerd]
                address = "/srv/c.sock"
                namespace = "builds"
                labels.site = "7"
                """);
        Configuration both = CommandLine.parse(List.of(
                        "--oci-worker=false",
                        "--containerd-worker=true",
                        "--containerd-worker-namespace=other",
                        "--containerd-worker-labels=rack=8,row=9",
                        "--containerd-worker-platform=linux/arm64"))
                .over(file);
        assertThat(both.worker().enabled()).isFalse();
        assertThat(both.containerd())
                .isEqualTo(new ContainerdWorker(
                        ContainerdWorker.Use.TRUE,
                        "/srv/c.sock",
                        "other",
                        "overlayfs",
                        Optional.empty(),
                        new Configuration.Worker(
                                false,
                                Optional.empty(),
                                List.of(Platform.of("linux", "arm64", "")),
                                Map.of("site", "7", "rack", "8", "row", "9"),
                                0,
                                Storage.DEFAULT,
                                Snapshotter.AUTO,
                                WorkerSettings.DEFAULT)));
        assertThatThrownBy(() -> CommandLine.parse(List.of("--containerd-worker=perhaps"))
                        .over(file))
                .hasMessage("--containerd-worker takes true, false or auto, not perhaps");
    }
}
