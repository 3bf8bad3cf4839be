package io.buildkit4j.wire;

import io.buildkit4j.wire.proto.control.BytesMessage;
import io.buildkit4j.wire.proto.health.HealthCheckRequest;
import io.buildkit4j.wire.proto.health.HealthGrpc;
import io.grpc.Channel;
import java.time.Duration;

/** Asks a session every five seconds whether it lives; two failures in a row are the end of it. */
final class SessionWatch {
    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Channel channel;
    private final Duplex<BytesMessage, BytesMessage> tunnel;

    SessionWatch(Channel channel, Duplex<BytesMessage, BytesMessage> tunnel) {
        this.channel = channel;
        this.tunnel = tunnel;
    }

    /** Returns when the session is over. */
    void run() throws InterruptedException {
        int failures = 0;
        while (failures < 2 && !tunnel.awaitEnd(PERIOD)) {
            failures = healthy() ? 0 : failures + 1;
        }
    }

    private boolean healthy() throws InterruptedException {
        try {
            Calls.ask(() -> HealthGrpc.newBlockingV2Stub(channel)
                    .withDeadlineAfter(PATIENCE)
                    .check(HealthCheckRequest.getDefaultInstance()));
            return true;
        } catch (WireFault failed) {
            return false;
        }
    }
}
