package io.buildkit4j.wire;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** Lets one connection in, which is open already, and then none. */
final class OneDoor implements ByteServerSocket.Door {
    private final Socket only;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);

    OneDoor(Socket only) {
        this.only = only;
    }

    @Override
    @SuppressWarnings("InterruptedExceptionSwallowed") // becomes the end of the accept loop
    public Socket accept() throws IOException {
        if (taken.compareAndSet(false, true)) {
            return only;
        }
        try {
            closed.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        throw new IOException("the session is over");
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
