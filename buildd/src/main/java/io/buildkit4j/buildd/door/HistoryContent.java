package io.buildkit4j.buildd.door;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.buildd.history.BuildRecord;
import io.buildkit4j.buildd.history.History;
import io.buildkit4j.buildd.history.HistoryEvent;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.wire.WireStatus;
import io.buildkit4j.wire.proto.control.Descriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Logs and failures of builds as content with a digest, as clients of the history read them. Neither is kept as such: both are
 * made from a build's record and journal whenever they are asked for, and come out the same each time.
 */
final class HistoryContent {
    /** Frames of a build's status, each after its length as four bytes, the lowest first. */
    private static final String LOGS = "application/vnd.buildkit.status.v0";

    /** One {@code google.rpc.Status} with its details; the spelling is BuildKit's. */
    private static final String FAILURE = "application/vnd.googeapis.google.rpc.status+proto";

    /** More are not remembered, but found again by reading. */
    private static final int MOST = 1_000;

    private final History history;
    private final Map<Build, Descriptor> logs = new ConcurrentHashMap<>();
    private final Map<String, Found> found = new ConcurrentHashMap<>();

    /** A ref may be used again. */
    private record Build(String ref, Instant created) {}

    HistoryContent(History history) {
        this.history = history;
    }

    /** Content that can be read. */
    record Found(long size, Body body) {}

    /** Opens content from its beginning. */
    @FunctionalInterface
    interface Body {
        InputStream open() throws InterruptedException;
    }

    /** What a build said, when it has ended and its journal is there. */
    Optional<Descriptor> logs(BuildRecord record) throws InterruptedException {
        Build build = new Build(record.ref(), record.created());
        Descriptor known = logs.get(build);
        if (known == null) {
            try (InputStream in = FrameStream.open(history, record.ref())) {
                known = remember(describe(LOGS, in), () -> FrameStream.open(history, record.ref()));
            } catch (DaemonFault | IOException lost) {
                return Optional.empty();
            }
            if (logs.size() >= MOST) {
                logs.clear();
            }
            logs.put(build, known);
        }
        return Optional.of(known);
    }

    /** Why a build failed, with all that is known of it. */
    Optional<Descriptor> failure(BuildRecord record) {
        if (record.error().isEmpty()) {
            return Optional.empty();
        }
        byte[] bytes = WireStatus.message(new DaemonFault(record.kind(), record.error()), record.details())
                .toByteArray();
        try {
            return Optional.of(remember(
                    describe(FAILURE, new ByteArrayInputStream(bytes)), () -> new ByteArrayInputStream(bytes)));
        } catch (IOException impossible) {
            throw new DaemonFault(Kind.INTERNAL, "bytes in memory cannot be read", impossible);
        }
    }

    private Descriptor remember(Descriptor descriptor, Body body) {
        if (found.size() >= MOST) {
            found.clear();
        }
        found.put(descriptor.getDigest(), new Found(descriptor.getSize(), body));
        return descriptor;
    }

    private static Descriptor describe(String type, InputStream in) throws IOException {
        MessageDigest digest = Digest.sha256();
        byte[] buffer = new byte[64 << 10];
        long size = 0;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            digest.update(buffer, 0, count);
            size += count;
        }
        return Descriptor.newBuilder()
                .setMediaType(type)
                .setDigest(Digest.ofHash(digest.digest()).toString())
                .setSize(size)
                .build();
    }

    /** Content by its digest, also when nobody has listed the history since the daemon started. */
    Optional<Found> find(String digest) throws InterruptedException {
        if (!found.containsKey(digest)) {
            for (HistoryEvent event : history.ended()) {
                logs(event.record());
                failure(event.record());
            }
        }
        return Optional.ofNullable(found.get(digest));
    }
}
