package io.buildkit4j.worker.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.worker.Device;
import io.buildkit4j.worker.DeviceEdits;
import io.buildkit4j.worker.ProcessMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files as the Container Device Interface's specification describes them. */
class DeviceFilesTest {
    @TempDir
    Path folder;

    private Path write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text.replace('\'', '"'));
    }

    private DeviceFiles read(String... directories) {
        return DeviceFiles.read(
                List.of(directories).stream().map(folder::resolve).toList());
    }

    private static String one(String name, String variable) {
        return "{'cdiVersion': '0.6.0', 'kind': 'vendor.com/thing', 'devices': [{'name': '" + name
                + "', 'containerEdits': {'env': ['" + variable + "']}}]}";
    }

    @Test
    void everythingThatAFileSaysIsRead() throws IOException {
        write("a/whole.json", """
                {'cdiVersion': '0.7.0', 'kind': 'vendor.com/thing', 'annotations': {'one': '1', 'both': 'file'},
                 'containerEdits': {'env': ['ALL=1'], 'additionalGids': [5]},
                 'devices': [{'name': 'null', 'annotations': {'both': 'device'}, 'containerEdits': {
                   'deviceNodes': [{'path': '/dev/nothing', 'hostPath': '/dev/null', 'fileMode': 384, 'uid': 3},
                                   {'path': '/dev/given', 'type': 'b', 'major': 7, 'minor': 9, 'permissions': 'r'}],
                   'mounts': [{'hostPath': '/etc/hostname', 'containerPath': '/in', 'options': ['ro', 'nodev']},
                              {'containerPath': '/mem', 'hostPath': 'tmpfs', 'type': 'tmpfs'}],
                   'hooks': [{'hookName': 'prestart', 'path': '/bin/true', 'args': ['true'], 'timeout': 3}]}}]}
                """);
        DeviceFiles files = read("a", "absent");
        assertThat(files.complaints()).isEmpty();
        Device device = files.devices().getFirst();
        assertThat(device.qualified()).isEqualTo("vendor.com/thing=null");
        assertThat(device.annotations()).containsEntry("one", "1").containsEntry("both", "device");
        assertThat(device.everybody().environment()).containsExactly("ALL=1");
        assertThat(device.everybody().groups()).containsExactly(5);
        assertThat(device.own().nodes())
                .containsExactly(
                        new DeviceEdits.Node(
                                "/dev/nothing",
                                "c",
                                1,
                                3,
                                OptionalInt.of(0600),
                                "rwm",
                                Optional.of(new DeviceEdits.Owner(3, 0))),
                        new DeviceEdits.Node("/dev/given", "b", 7, 9, OptionalInt.empty(), "r", Optional.empty()));
        assertThat(device.own().mounts())
                .containsExactly(
                        new ProcessMount.Bind("/in", Path.of("/etc/hostname"), true),
                        new ProcessMount.Temporary("/mem", 0));
        assertThat(device.own().hooks())
                .containsExactly(
                        new DeviceEdits.Hook("prestart", "/bin/true", List.of("true"), List.of(), OptionalInt.of(3)));
    }

    @Test
    void aLaterDirectoryCountsMoreAndTwoInOneCancelOut() throws IOException {
        write("a/1.json", one("x", "FROM=a"));
        write("b/1.json", one("x", "FROM=b"));
        assertThat(read("a", "b").devices().getFirst().own().environment()).containsExactly("FROM=b");
        write("b/2.json", one("x", "FROM=b2"));
        assertThat(read("a", "b").devices()).isEmpty();
        assertThat(read("a", "b").complaints()).contains("vendor.com/thing=x", "2.json");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | is not as a device file should be",
                "{'kind': 'a/b'} | needs a cdiVersion",
                "{'cdiVersion': '1', 'kind': 'a'} | kind as vendor/class",
                "{'cdiVersion': '1', 'kind': 'a/b', 'devices': [{'name': '../x'}]} | called",
                "{'cdiVersion': '1', 'kind': 'a/b', 'devices': 3} | is not as a device file should be",
                "kind: a/b | in JSON"
            })
    void aFileThatIsWrongIsNamedAndOthersCount(String text, String complaint) throws IOException {
        Path wrong = write("a/wrong.yaml", text.replace("'", "\""));
        write("a/right.json", one("x", "FROM=a"));
        DeviceFiles files = read("a");
        assertThat(files.devices()).hasSize(1);
        assertThat(files.complaints()).contains(wrong.toString(), complaint);
    }

    @Test
    void aNodeThatTheMachineDoesNotHaveIsAProblemOfItsFile() throws IOException {
        write("a/1.json", """
                {'cdiVersion': '0.6.0', 'kind': 'a/b', 'devices': [{'name': 'x', 'containerEdits':
                  {'deviceNodes': [{'path': '/dev/no-such-device'}]}}]}
                """);
        assertThat(read("a").complaints()).contains("1.json", "/dev/no-such-device");
    }
}
