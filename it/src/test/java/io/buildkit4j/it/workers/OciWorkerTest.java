package io.buildkit4j.it.workers;

import io.buildkit4j.it.peer.Daemon;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class OciWorkerTest extends WorkerBehaviours {
    @TempDir
    static Path shared;

    private static Daemon daemon;

    @BeforeAll
    static void start() {
        daemon = Daemon.start(shared);
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    @Override
    Daemon daemon() {
        return daemon;
    }

    @Override
    void nothingOfItsOwnIsLeft() {}
}
