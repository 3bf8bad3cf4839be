package io.buildkit4j.worker.grant;

import io.buildkit4j.worker.ProcessOutput;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Output in which known secrets are replaced by asterisks, also where one arrives in two pieces: bytes that may be the
 * beginning of a secret wait for what follows. Lines of a secret of several lines count each. Values of fewer than {@value
 * #SHORTEST} bytes are left alone, since they would mask what is no secret.
 */
public final class MaskedOutput implements ProcessOutput {
    private static final int SHORTEST = 4;
    private static final byte[] MASK = "***".getBytes(StandardCharsets.UTF_8);

    private final ProcessOutput to;
    private final List<byte[]> secrets;
    private final Stream[] streams = {new Stream(1), new Stream(2)};

    private MaskedOutput(ProcessOutput to, List<byte[]> secrets) {
        this.to = to;
        this.secrets = secrets;
    }

    /** Masks these; {@link #finish} hands over what waits when there is no more. */
    public static MaskedOutput of(List<byte[]> values, ProcessOutput to) {
        List<byte[]> secrets = new ArrayList<>();
        for (byte[] value : values) {
            // as one character a byte, so that any bytes can be cut at line ends
            String text = new String(value, StandardCharsets.ISO_8859_1);
            secrets.add(text.strip().getBytes(StandardCharsets.ISO_8859_1));
            text.lines().forEach(line -> secrets.add(line.strip().getBytes(StandardCharsets.ISO_8859_1)));
        }
        secrets.removeIf(secret -> secret.length < SHORTEST);
        secrets.sort(Comparator.comparingInt((byte[] secret) -> secret.length).reversed());
        return new MaskedOutput(to, secrets);
    }

    @Override
    public void write(int stream, byte[] bytes, int offset, int length) {
        if (secrets.isEmpty()) {
            to.write(stream, bytes, offset, length);
        } else {
            streams[stream - 1].take(bytes, offset, length);
        }
    }

    /** Hands over what waits. To be called when nothing more is written. */
    public void finish() {
        for (Stream stream : streams) {
            stream.flush();
        }
    }

    /** One stream; only its own thread writes to it. */
    private final class Stream {
        private final int number;
        private byte[] waiting = new byte[0];

        Stream(int number) {
            this.number = number;
        }

        void take(byte[] bytes, int offset, int length) {
            byte[] all = new byte[waiting.length + length];
            System.arraycopy(waiting, 0, all, 0, waiting.length);
            System.arraycopy(bytes, offset, all, waiting.length, length);
            pass(all, false);
        }

        /** {@code last}: what only begins a secret will never become one. */
        private void pass(byte[] all, boolean last) {
            waiting = new byte[0];
            ByteArrayOutputStream out = new ByteArrayOutputStream(all.length);
            int at = 0;
            while (at < all.length) {
                int match = match(all, at, last);
                if (match > 0) {
                    out.writeBytes(MASK);
                    at += match;
                } else if (match < 0) {
                    waiting = java.util.Arrays.copyOfRange(all, at, all.length);
                    break;
                } else {
                    out.write(all[at++]);
                }
            }
            hand(out.toByteArray());
        }

        void flush() {
            pass(waiting, true);
        }

        private void hand(byte[] bytes) {
            if (bytes.length > 0) {
                to.write(number, bytes, 0, bytes.length);
            }
        }

        /** Length of the secret that begins there; -1 when one may begin there but the bytes end; 0 for none. */
        private int match(byte[] all, int at, boolean last) {
            boolean maybe = false;
            for (byte[] secret : secrets) {
                int compared = Math.min(secret.length, all.length - at);
                if (secret[0] != all[at] || !java.util.Arrays.equals(secret, 0, compared, all, at, at + compared)) {
                    continue;
                }
                if (compared == secret.length && !maybe) {
                    return compared;
                }
                maybe = maybe || (compared < secret.length && !last);
            }
            return maybe ? -1 : 0;
        }
    }
}
