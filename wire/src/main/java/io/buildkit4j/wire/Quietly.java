package io.buildkit4j.wire;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** Endings whose own failures nobody could act on. They are finished even when the thread is interrupted, which it stays. */
final class Quietly {
    private Quietly() {}

    static void close(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException ignored) {
            // it is of no further use either way
        }
    }

    static void await(ManagedChannel channel) {
        wait(limit -> channel.awaitTermination(limit, TimeUnit.MILLISECONDS));
    }

    static void await(Server server) {
        wait(limit -> server.awaitTermination(limit, TimeUnit.MILLISECONDS));
    }

    static void end(List<? extends ExecutorService> pools) {
        for (ExecutorService pool : pools) {
            wait(limit -> pool.awaitTermination(limit, TimeUnit.MILLISECONDS));
            pool.shutdownNow();
        }
    }

    private interface Ending {
        boolean await(long milliseconds) throws InterruptedException;
    }

    private static void wait(Ending ending) {
        boolean interrupted = Thread.interrupted();
        try {
            ending.await(1000);
        } catch (InterruptedException again) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
