package io.buildkit4j.worker.containerd;

import io.buildkit4j.wire.Address;
import io.buildkit4j.wire.Containerd;
import io.buildkit4j.worker.ProcessExecutor;
import io.buildkit4j.worker.process.ProcessExecutorContract;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ContainerdExecutorTest extends ProcessExecutorContract {
    private static PrivateContainerd peer;
    private static Containerd containerd;

    private @Nullable ContainerdExecutor opened;

    @BeforeAll
    static void startPeer() throws InterruptedException {
        peer = PrivateContainerd.start();
        containerd = Containerd.open(new Address.Unix(peer.socket()), "buildkit");
    }

    @AfterAll
    static void endPeer() {
        containerd.close();
        peer.close();
    }

    @Override
    protected ProcessExecutor open(Path own) throws InterruptedException {
        ContainerdExecutor executor = ContainerdExecutor.open(
                containerd,
                new ContainerdExecutor.Settings(ContainerdExecutor.Settings.RUNTIME, own, brake -> () -> {}));
        opened = executor;
        return executor;
    }

    @Override
    protected String prefix() {
        return Objects.requireNonNull(opened).groups();
    }

    @Override
    protected void nothingOfItsOwnIsLeft() {
        Objects.requireNonNull(opened).close();
        peer.nothingIsLeft();
    }
}
