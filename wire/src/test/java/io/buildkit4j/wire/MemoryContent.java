package io.buildkit4j.wire;

import io.buildkit4j.footing.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/** A client's content store in memory, the only one that it knows being {@code export}. */
final class MemoryContent implements SessionContent {
    private final Map<String, byte[]> stored;

    MemoryContent(String name, Map<String, byte[]> stored) {
        if (!name.equals("export")) {
            throw new WireFault(Kind.NOT_FOUND, "unknown store " + name);
        }
        this.stored = stored;
    }

    @Override
    public Optional<Long> size(String digest) {
        return Optional.ofNullable(stored.get(digest)).map(bytes -> (long) bytes.length);
    }

    @Override
    public InputStream open(String digest, long offset) {
        byte[] bytes = stored.getOrDefault(digest, new byte[0]);
        return new ByteArrayInputStream(bytes, (int) offset, bytes.length - (int) offset);
    }

    @Override
    public void put(String digest, long size, InputStream content) {
        if (digest.contains("refused")) {
            throw new WireFault(Kind.RESOURCE_EXHAUSTED, "no room");
        }
        try {
            stored.put(digest, content.readAllBytes());
        } catch (IOException failed) {
            throw new WireFault(Kind.UNKNOWN, String.valueOf(failed.getMessage()), failed);
        }
    }
}
