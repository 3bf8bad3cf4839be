package io.buildkit4j.worker;

import io.buildkit4j.wire.Address;
import io.buildkit4j.wire.Containerd;
import io.buildkit4j.worker.containerd.PrivateContainerd;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class CancelContainerdStepsTest extends CancelStepsContract {
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
        peer.close();
    }

    @Override
    Crew.Runner runner() {
        return new Crew.Runner.Remote(containerd, Optional.empty(), "overlayfs");
    }

    @Override
    String place() {
        return "containerd";
    }

    @Override
    void nothingOfItsOwnIsLeft() {
        peer.nothingIsLeft();
    }
}
