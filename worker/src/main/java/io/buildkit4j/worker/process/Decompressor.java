package io.buildkit4j.worker.process;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.worker.WorkerFault;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Unpacks bzip2 and xz through the host's tools, because neither is worth a dependency. */
public final class Decompressor {
    private static final byte[] XZ = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};
    private static final byte[] BZIP2 = {'B', 'Z', 'h'};

    private Decompressor() {}

    /** The tool that these first bytes of a file ask for, if any. */
    public static Optional<String> tool(byte[] head) {
        if (begins(head, XZ)) {
            return Optional.of("xz");
        }
        return begins(head, BZIP2) ? Optional.of("bzip2") : Optional.empty();
    }

    private static boolean begins(byte[] head, byte[] magic) {
        for (int i = 0; i < magic.length; i++) {
            if (i >= head.length || head[i] != magic[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * The content. Reading its end throws when the tool failed; closing it ends the tool.
     *
     * @throws WorkerFault FAILED_PRECONDITION when the tool is not installed
     */
    public static InputStream open(String tool, InputStream packed) {
        Process process;
        try {
            process = new ProcessBuilder(tool, "-dc")
                    .redirectError(Redirect.DISCARD)
                    .start();
        } catch (IOException absent) {
            throw new WorkerFault(
                    Kind.FAILED_PRECONDITION,
                    "cannot unpack: the daemon's machine has no \"" + tool + "\"; install it there",
                    absent);
        }
        Thread feed = Thread.ofVirtual().name("feed " + tool).start(() -> feed(packed, process));
        return new Content(process, feed, tool);
    }

    private static void feed(InputStream packed, Process process) {
        try (OutputStream into = process.getOutputStream()) {
            packed.transferTo(into);
        } catch (IOException | RuntimeException ended) {
            // the tool stopped reading, or what it is fed cannot be read: it then says that its input is damaged
            process.destroy();
        }
    }

    private static final class Content extends FilterInputStream {
        private final Process process;
        private final Thread feed;
        private final String tool;

        Content(Process process, Thread feed, String tool) {
            super(process.getInputStream());
            this.process = process;
            this.feed = feed;
            this.tool = tool;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int n = in.read(into, offset, length);
            if (n < 0) {
                try {
                    if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
                        throw new IOException(tool + " says that the data is damaged");
                    }
                } catch (InterruptedException cancelled) {
                    Thread.currentThread().interrupt();
                }
            }
            return n;
        }

        @Override
        public void close() throws IOException {
            process.destroyForcibly();
            super.close();
            try {
                feed.join();
            } catch (InterruptedException cancelled) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
