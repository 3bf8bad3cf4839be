package io.buildkit4j.worker.containerd;

import io.buildkit4j.wire.Address;
import io.buildkit4j.wire.Containerd;
import io.buildkit4j.worker.ProcessExecutor;
import io.buildkit4j.worker.process.EscapeContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ContainerdEscapeTest extends EscapeContract {
    private static PrivateContainerd peer;
    private static Containerd containerd;

    @BeforeAll
    static void startPeer() throws InterruptedException {
        peer = PrivateContainerd.start();
        containerd = Containerd.open(new Address.Unix(peer.socket()), "buildkit");
    }

    @AfterAll
    static void endPeer() {
        containerd.close();
        peer.nothingIsLeft();
        peer.close();
    }

    @Override
    protected ProcessExecutor open(Path state) throws InterruptedException {
        return ContainerdExecutor.open(
                containerd,
                new ContainerdExecutor.Settings(ContainerdExecutor.Settings.RUNTIME, state, brake -> () -> {}));
    }
}
