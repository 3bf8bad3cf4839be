package io.buildkit4j.image;

import io.buildkit4j.footing.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A blob that is opened again where it broke off, until it is complete or several attempts in a row bring nothing. */
final class ResumingInput extends InputStream {
    private static final int ATTEMPTS = 5;

    private final Descriptor blob;
    private final Opener opener;
    private final Duration pause;
    private long position;
    private int futile;
    private @Nullable InputStream in;

    /**
     * Opens at an offset; what makes no sense to try again is not an IOException. It hears how many attempts in a row have
     * brought nothing.
     */
    interface Opener {
        InputStream open(Descriptor blob, long offset, int futile) throws IOException, InterruptedException;
    }

    /** Opens at once, so that a blob that is not there is told at once. */
    ResumingInput(Descriptor blob, long offset, Opener opener, Duration pause) throws InterruptedException {
        this.blob = blob;
        this.position = offset;
        this.opener = opener;
        this.pause = pause;
        while (in == null) {
            try {
                in = opener.open(blob, position, futile);
            } catch (IOException broken) {
                again(broken);
            }
        }
    }

    private void again(IOException broken) throws InterruptedException {
        if (++futile >= ATTEMPTS) {
            throw new ImageFault(
                    Kind.UNAVAILABLE,
                    "the connection broke at byte " + position + " of " + blob.digest() + ": " + broken.getMessage(),
                    broken);
        }
        Thread.sleep(pause.multipliedBy(1L << (futile - 1)));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        while (true) {
            try {
                if (in == null) {
                    in = opener.open(blob, position, futile);
                }
                int count = in.read(into, offset, length);
                if (count < 0 && position < blob.size()) {
                    throw new EOFException("it ended early");
                }
                position += Math.max(0, count);
                futile = count > 0 ? 0 : futile;
                return count;
            } catch (IOException broken) {
                close();
                resume(broken);
            } catch (InterruptedException cancelled) {
                throw interrupted();
            }
        }
    }

    private void resume(IOException broken) throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted();
        }
        try {
            again(broken);
        } catch (InterruptedException cancelled) {
            throw interrupted();
        }
    }

    /** Streams cannot throw the checked exception; the thread stays interrupted, so that the next wait does. */
    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted");
    }

    @Override
    public void close() throws IOException {
        InputStream open = in;
        in = null;
        if (open != null) {
            open.close();
        }
    }
}
