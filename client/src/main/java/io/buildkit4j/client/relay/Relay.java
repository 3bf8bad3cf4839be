package io.buildkit4j.client.relay;

import io.buildkit4j.footing.Uninterrupted;
import io.buildkit4j.wire.Connection;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A connection over the standard streams of a program. The program ends with the connection. */
public final class Relay {
    private static final int LONGEST_COMPLAINT = 4096;

    private Relay() {}

    /** Whether a program leads to the address. */
    public static boolean leadsTo(String address) {
        return RelayAddress.is(address);
    }

    /**
     * Starts the program.
     *
     * @throws io.buildkit4j.client.ClientFault INVALID_ARGUMENT for a malformed address
     * @throws io.buildkit4j.wire.WireFault UNAVAILABLE when the program cannot be started
     */
    public static Connection open(String address) {
        RelayAddress relay = RelayAddress.parse(address);
        return Connection.over(relay.text(), () -> line(relay));
    }

    private static Connection.Line line(RelayAddress relay) throws IOException {
        Process program = new ProcessBuilder(relay.command()).start();
        Complaint complaint = new Complaint(program);
        InputStream in = new FilterInputStream(program.getInputStream()) {
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int count = super.read(bytes, offset, length);
                if (count < 0) {
                    complaint.raise();
                }
                return count;
            }
        };
        OutputStream out = new FilterOutputStream(program.getOutputStream()) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                try {
                    out.write(bytes, offset, length);
                    out.flush();
                } catch (IOException broken) {
                    complaint.raise();
                    throw broken;
                }
            }
        };
        return new Connection.Line(in, out, () -> end(program));
    }

    private static void end(Process program) throws IOException {
        try {
            program.getOutputStream().close();
        } catch (IOException gone) {
            // the program reads no more
        }
        program.destroy();
        Uninterrupted.await(() -> {
            if (!program.waitFor(1, TimeUnit.SECONDS)) {
                program.destroyForcibly().waitFor();
            }
        });
        program.getInputStream().close();
    }

    /** What the program writes to its standard error: the reason when it fails. */
    private static final class Complaint {
        private final Process program;
        private final ByteArrayOutputStream text = new ByteArrayOutputStream();
        private final Thread reader;

        Complaint(Process program) {
            this.program = program;
            reader = Thread.ofPlatform().daemon().name("relay-errors").start(this::read);
        }

        private void read() {
            byte[] part = new byte[LONGEST_COMPLAINT];
            try (InputStream in = program.getErrorStream()) {
                for (int n = in.read(part); n >= 0; n = in.read(part)) {
                    text.write(part, 0, Math.min(n, LONGEST_COMPLAINT - text.size()));
                }
            } catch (IOException ended) {
                // with the program
            }
        }

        /** The program has ended; unless it was meant to, that is a failure. */
        void raise() throws IOException {
            Uninterrupted.await(program::waitFor);
            Uninterrupted.join(reader);
            if (program.exitValue() != 0) {
                String said = text.toString(StandardCharsets.UTF_8).strip();
                throw new IOException(program.info().command().orElse("the program") + " ended with "
                        + program.exitValue() + (said.isEmpty() ? "" : ": " + said));
            }
        }
    }
}
