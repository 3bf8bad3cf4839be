package io.buildkit4j.it.workers;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.Run;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps that ask for devices, which files in a directory of this test describe. */
@Tag("root")
class DevicesTest {
    private static final String FILE = """
            {"cdiVersion": "0.6.0", "kind": "vendor.com/thing", "containerEdits": {"env": ["ALL=all"]}, "devices": [
              {"name": "one", "containerEdits": {"env": ["ONE=1"],
                "deviceNodes": [{"path": "/dev/one", "hostPath": "/dev/null"}],
                "mounts": [{"hostPath": "DRIVER", "containerPath": "/opt/driver", "options": ["ro"]}]}},
              {"name": "two", "containerEdits": {"env": ["TWO=2"]},
                "annotations": {"org.mobyproject.buildkit.device.class": "fast"}},
              {"name": "open", "containerEdits": {"env": ["OPEN=3"]},
                "annotations": {"org.mobyproject.buildkit.device.autoallow": "true"}}]}
            """;

    @TempDir
    static Path folder;

    @TempDir
    Path own;

    private static Daemon daemon;

    @BeforeAll
    static void start() throws IOException {
        Path driver = Files.writeString(folder.resolve("driver"), "from the machine");
        Path devices = Files.createDirectory(folder.resolve("cdi"));
        Files.writeString(devices.resolve("thing.json"), FILE.replace("DRIVER", driver.toString()));
        Path settings = Files.writeString(folder.resolve("buildkitd.toml"), """
                insecure-entitlements = ["device"]
                [cdi]
                specDirs = ["%s"]
                """.formatted(devices));
        daemon = Daemon.start(folder, "--config", settings.toString());
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    private Outcome build(List<String> devices, boolean optional, String... flags) throws IOException {
        State busybox = State.scratch()
                .file(FileSteps.begin().copy(Sources.state(Sources.local("bin")), "/busybox", "/"), StepNote.plain());
        Run run = Run.args(
                "/busybox",
                "sh",
                "-c",
                "echo env $ALL $ONE $TWO $OPEN; /busybox ls /dev/one /opt/driver; /busybox cat /opt/driver; true");
        for (String device : devices) {
            run = run.device(device, optional);
        }
        Path definition = Files.write(
                own.resolve("definition"),
                busybox.run(run, StepNote.plain()).root().marshal().encode());
        List<String> words = new ArrayList<>(
                List.of("--addr", daemon.unix(), "build", "--progress=plain", "--no-cache", "--local", "bin=/bin"));
        words.addAll(List.of(flags));
        return Program.buildctl(words.toArray(String[]::new))
                .reading(definition)
                .run();
    }

    @Test
    void aStepHasWhatTheDeviceBrings() throws IOException {
        assertThat(build(List.of("vendor.com/thing=one"), false, "--allow", "device")
                        .succeeded()
                        .err())
                .contains("env all 1", " /dev/one\n", "from the machine");
    }

    @Test
    void devicesAreChosenByNameKindClassOrAll() throws IOException {
        assertThat(build(List.of("vendor.com/thing=*"), false, "--allow", "device")
                        .succeeded()
                        .err())
                .contains("env all 1 2 3");
        assertThat(build(List.of("fast"), false, "--allow", "device")
                        .succeeded()
                        .err())
                .contains("env all 2\n");
        assertThat(build(List.of("vendor.com/thing=none", "vendor.com/thing=two"), true, "--allow", "device")
                        .succeeded()
                        .err())
                .contains("env all 2\n");
        assertThat(build(List.of("vendor.com/thing=none"), false).failed().err())
                .contains("there is no device vendor.com/thing=none in [" + folder.resolve("cdi") + "]");
    }

    @Test
    void onlyOpenOnesAreThereForThoseWhoDoNotAsk() throws IOException {
        assertThat(build(List.of("vendor.com/thing=one"), false).failed().err())
                .contains("device is not allowed", "--allow device");
        assertThat(build(List.of("vendor.com/thing=open"), false).succeeded().err())
                .contains("env all 3");
    }
}
