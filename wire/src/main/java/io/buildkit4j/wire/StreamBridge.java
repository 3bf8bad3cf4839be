package io.buildkit4j.wire;

import io.buildkit4j.footing.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** Carries bytes between a daemon's socket and two streams, for whoever reached this machine by other means. */
public final class StreamBridge {
    private StreamBridge() {}

    /**
     * Returns when either side has hung up.
     *
     * @throws WireFault UNAVAILABLE when nobody answers at the address, or the streams break
     */
    public static void join(Address address, InputStream in, OutputStream out) {
        try (Socket daemon = Sockets.connect(address)) {
            // platform threads: a read of a pipe cannot be left; this one ends with the process
            Thread.ofPlatform().daemon().name("to-daemon").start(() -> copyAndClose(in, daemon));
            InputStream answers = daemon.getInputStream();
            byte[] part = new byte[32 << 10];
            for (int n = answers.read(part); n >= 0; n = answers.read(part)) {
                out.write(part, 0, n);
                out.flush();
            }
        } catch (IOException failed) {
            throw new WireFault(
                    Kind.UNAVAILABLE, "cannot reach the daemon at " + address + ": " + failed.getMessage(), failed);
        }
    }

    private static void copyAndClose(InputStream in, Socket daemon) {
        try (daemon) {
            in.transferTo(daemon.getOutputStream());
        } catch (IOException gone) {
            // the other direction tells
        }
    }
}
