package io.buildkit4j.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.worker.ProcessExecutor;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RuncExecutorTest extends ProcessExecutorContract {
    private @Nullable RuncExecutor opened;

    @Override
    protected ProcessExecutor open(Path own) {
        RuncExecutor executor = RuncExecutor.open("runc", own);
        opened = executor;
        return executor;
    }

    @Override
    protected String prefix() {
        return Objects.requireNonNull(opened).groups();
    }

    @Override
    protected void nothingOfItsOwnIsLeft() throws IOException {
        Objects.requireNonNull(opened).close();
        assertThat(names(directory.resolve("own/state"))).isEmpty();
    }

    @Test
    void whatAKilledDaemonLeftIsTakenApart() throws IOException, InterruptedException {
        Path left = Files.createDirectory(directory.resolve("own/bundles/left"));
        Files.writeString(left.resolve("config.json"), "{}");
        RuncExecutor.open("runc", directory.resolve("own"));
        assertThat(left).doesNotExist();
    }

    @Test
    void aMissingRuntimeIsNamedWithItsRemedy() throws InterruptedException {
        RuncExecutor none = RuncExecutor.open("no-such-runtime", directory.resolve("own"));
        assertThatThrownBy(() -> none.run(request("true"), (s, b, o, n) -> {}))
                .isInstanceOf(WorkerFault.class)
                .hasMessageContaining("no-such-runtime")
                .hasMessageContaining("install runc");
    }
}
