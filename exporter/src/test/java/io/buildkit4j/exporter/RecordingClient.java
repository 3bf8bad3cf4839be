package io.buildkit4j.exporter;

import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.ImageLayout;
import io.buildkit4j.solver.VertexProgress;
import io.buildkit4j.wire.ClientStream;
import io.buildkit4j.wire.FileReceiver;
import io.buildkit4j.wire.FileSource;
import io.buildkit4j.wire.FileStat;
import io.buildkit4j.wire.Session;
import io.buildkit4j.wire.SessionContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A client that keeps what it is sent, and watches. */
final class RecordingClient implements Session, VertexProgress {
    final List<FileStat> stats = new ArrayList<>();
    final Map<String, byte[]> contents = new LinkedHashMap<>();
    final ByteArrayOutputStream stream = new ByteArrayOutputStream();
    final List<String> warnings = new ArrayList<>();
    final List<SendTarget> targets = new ArrayList<>();
    boolean refuses;
    boolean completed;
    boolean abandoned;
    Optional<ImageLayout> layout = Optional.empty();

    @Override
    public SessionContent content(String store) {
        ImageLayout target = layout.filter(there -> store.equals("export")).orElseThrow();
        return new SessionContent() {
            @Override
            public Optional<Long> size(String digest) {
                return target.size(Digest.parse(digest));
            }

            @Override
            public InputStream open(String digest, long offset) {
                throw new UnsupportedOperationException("exports read nothing");
            }

            @Override
            public void put(String digest, long size, InputStream content) {
                target.put(Descriptor.of("", Digest.parse(digest), size), content);
            }
        };
    }

    @Override
    public void send(SendTarget target, FileSource source) throws InterruptedException {
        targets.add(target);
        source.walk(stat -> {
            stats.add(stat);
            if (stat.isFile() && stat.link().isEmpty()) {
                try (InputStream in = source.open(stat.path())) {
                    contents.put(stat.path(), in.readAllBytes());
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            }
        });
    }

    @Override
    public ClientStream send(SendTarget target) {
        targets.add(target);
        return new ClientStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                if (refuses) {
                    throw new IOException("no space left on device");
                }
                stream.write(bytes, offset, length);
            }

            @Override
            public void close() {
                completed = true;
            }

            @Override
            public void abandon() {
                abandoned = true;
            }
        };
    }

    @Override
    public void warn(int level, String summary, String detail, String url) {
        warnings.add(summary);
    }

    @Override
    public void log(int number, byte[] bytes, int offset, int length) {}

    @Override
    public void status(String id, long current, long total, boolean done) {}

    @Override
    public String id() {
        return "client";
    }

    @Override
    public String sharedKey() {
        return "";
    }

    @Override
    public boolean offers(String method) {
        return true;
    }

    @Override
    public void receive(DirectoryRequest request, FileReceiver receiver) {
        throw new UnsupportedOperationException("exports receive nothing");
    }

    @Override
    public Optional<Credentials> credentials(String host) {
        return Optional.empty();
    }

    @Override
    public Optional<byte[]> secret(String id) {
        return Optional.empty();
    }

    @Override
    public boolean hasAgent(String id) {
        return false;
    }

    @Override
    public void relayAgent(String id, java.nio.channels.ByteChannel connection) {
        throw new UnsupportedOperationException("there is no agent");
    }

    @Override
    public boolean alive() {
        return true;
    }
}
