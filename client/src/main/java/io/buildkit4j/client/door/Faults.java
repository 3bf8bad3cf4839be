package io.buildkit4j.client.door;

import io.buildkit4j.client.ClientFault;
import io.buildkit4j.wire.Calls;
import io.buildkit4j.wire.WireFault;

/** Failures of calls, as the client's own. */
final class Faults {
    private Faults() {}

    static <T> T ask(Calls.Request<T> request) throws InterruptedException {
        try {
            return Calls.ask(request);
        } catch (WireFault failed) {
            throw own(failed);
        }
    }

    static ClientFault own(WireFault failed) {
        return new ClientFault(failed.kind(), failed.getMessage(), failed);
    }
}
