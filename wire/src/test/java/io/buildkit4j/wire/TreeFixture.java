package io.buildkit4j.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** A tree in memory that can be sent, and one that can be received. */
final class TreeFixture implements FileSource {
    private final Map<String, FileStat> stats = new TreeMap<>(PacketOrder::compare);
    private final Map<String, byte[]> contents = new ConcurrentHashMap<>();

    TreeFixture add(FileStat stat) {
        stats.put(stat.path(), stat);
        return this;
    }

    TreeFixture directory(String path) {
        return add(new FileStat(path, 0040755, 1, 2, 0, 5, "", 0, Map.of()));
    }

    TreeFixture file(String path, byte[] content) {
        contents.put(path, content);
        return add(new FileStat(path, 0100644, 1, 2, content.length, 1_700_000_000_123_456_789L, "", 0, Map.of()));
    }

    List<FileStat> stats() {
        return List.copyOf(stats.values());
    }

    Map<String, byte[]> contents() {
        return contents;
    }

    @Override
    public void walk(Visitor visitor) throws InterruptedException {
        for (FileStat stat : stats.values()) {
            visitor.entry(stat);
        }
    }

    @Override
    public InputStream open(String path) {
        byte[] content = contents.get(path);
        if (content == null) {
            throw new WireFault(io.buildkit4j.footing.Kind.NOT_FOUND, "no such file: " + path);
        }
        return new ByteArrayInputStream(content);
    }

    /** Keeps what it receives. */
    static final class Receiver implements FileReceiver {
        final List<FileStat> stats = new ArrayList<>();
        final Map<String, byte[]> contents = new ConcurrentHashMap<>();
        boolean finished;

        @Override
        public boolean entry(FileStat stat) throws InterruptedException {
            stats.add(stat);
            return stat.isFile() && stat.link().isEmpty();
        }

        @Override
        public OutputStream content(FileStat stat) {
            return new ByteArrayOutputStream() {
                @Override
                public void close() {
                    contents.put(stat.path(), toByteArray());
                }
            };
        }

        @Override
        public void finish() {
            finished = true;
        }
    }
}
