package io.buildkit4j.buildd.door;

import io.buildkit4j.buildd.build.Bridge;
import io.buildkit4j.buildd.build.BridgeDoor;
import io.buildkit4j.wire.StreamServer;
import io.buildkit4j.worker.Worker;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;

/** {@code LLBBridge} over the standard streams of frontends in containers: the daemon is the server there too. */
public final class StreamBridges implements BridgeDoor {
    private final Worker worker;
    private final Duration silence;

    /** Frontends are told of this worker, and have so long to say something. */
    public StreamBridges(Worker worker, Duration silence) {
        this.worker = worker;
        this.silence = silence;
    }

    @Override
    public Duration silence() {
        return silence;
    }

    @Override
    public Visit open(Bridge bridge, InputStream heard, OutputStream said) {
        StreamServer server = StreamServer.open(
                "frontend", new StreamServer.Streams(heard, said), List.of(new BridgeService(() -> bridge, worker)));
        return new Visit() {
            @Override
            public boolean awaitEnd(Duration patience) throws InterruptedException {
                return server.awaitEnd(patience);
            }

            @Override
            public long heard() {
                return server.received();
            }

            @Override
            public void close() {
                server.close();
            }
        };
    }
}
