package io.buildkit4j.store.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class FullDiskTest {
    @TempDir
    Path folder;

    private Path disk;

    @BeforeEach
    void mount() throws IOException {
        disk = Files.createDirectory(folder.resolve("disk"));
        Mounts.memory(disk.toString(), OptionalLong.of(4 << 20), 0755);
    }

    @AfterEach
    void unmount() {
        Mounts.unmount(disk.toString());
    }

    @Test
    void aFullDiskIsToldAndWhenThereIsRoomAgainAllIsWell() throws IOException {
        Path natives = Files.createDirectory(folder.resolve("native"));
        try (Database database = Database.open(disk.resolve("metadata.db"), natives)) {
            var table = database.table("test");
            table.put("before", new byte[10]);
            Path filling = disk.resolve("filling");
            assertThatThrownBy(() -> Files.write(filling, new byte[8 << 20])).isInstanceOf(IOException.class);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> table.put("large", new byte[1 << 20]))
                        .isInstanceOfSatisfying(
                                Fault.class, fault -> assertThat(fault.kind()).isEqualTo(Kind.RESOURCE_EXHAUSTED));
            }
            Files.delete(filling);
            table.put("after", new byte[10]);
            assertThat(table.get("large")).isEmpty();
        }
        try (Database again = Database.open(disk.resolve("metadata.db"), natives)) {
            assertThat(again.table("test").get("before")).isPresent();
            assertThat(again.table("test").get("after")).isPresent();
            assertThat(again.table("test").get("large")).isEmpty();
        }
    }
}
