package io.buildkit4j.buildd.journal;

import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.solver.VertexTraits;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Events as bytes, in a format of the journal's own. Big-endian; texts are a length of four bytes and UTF-8. */
final class EventCodec {
    private static final int VERTEX = 1;
    private static final int STATUS = 2;
    private static final int LOG = 3;
    private static final int WARNING = 4;

    private EventCodec() {}

    static void write(BuildEvent event, DataOutputStream out) throws IOException {
        switch (event) {
            case BuildEvent.VertexChanged changed -> vertex(changed, out);
            case BuildEvent.StatusChanged changed -> {
                out.writeByte(STATUS);
                digest(changed.vertex(), out);
                text(changed.id(), out);
                out.writeLong(changed.current());
                out.writeLong(changed.total());
                instant(Optional.of(changed.time()), out);
                instant(changed.started(), out);
                instant(changed.completed(), out);
            }
            case BuildEvent.Logged logged -> {
                out.writeByte(LOG);
                digest(logged.vertex(), out);
                out.writeInt(logged.stream());
                instant(Optional.of(logged.time()), out);
                out.writeInt(logged.bytes().length);
                out.write(logged.bytes());
            }
            case BuildEvent.Warned warned -> {
                out.writeByte(WARNING);
                digest(warned.vertex(), out);
                out.writeInt(warned.level());
                text(warned.summary(), out);
                text(warned.detail(), out);
                text(warned.url(), out);
                passage(warned.passage(), out);
            }
        }
    }

    private static void vertex(BuildEvent.VertexChanged changed, DataOutputStream out) throws IOException {
        out.writeByte(VERTEX);
        digest(changed.vertex(), out);
        out.writeInt(changed.inputs().size());
        for (Digest input : changed.inputs()) {
            digest(input, out);
        }
        text(changed.name(), out);
        out.writeBoolean(changed.cached());
        instant(changed.started(), out);
        instant(changed.completed(), out);
        text(changed.error(), out);
        group(changed.group(), out);
    }

    static BuildEvent read(byte[] bytes, int offset, int length) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, offset, length));
        int kind = in.readByte();
        Digest vertex = digest(in);
        return switch (kind) {
            case VERTEX ->
                new BuildEvent.VertexChanged(
                        vertex, digests(in), text(in), in.readBoolean(), instant(in), instant(in), text(in), group(in));
            case STATUS ->
                new BuildEvent.StatusChanged(
                        vertex, text(in), in.readLong(), in.readLong(), time(in), instant(in), instant(in));
            case LOG -> {
                int stream = in.readInt();
                Instant time = time(in);
                yield new BuildEvent.Logged(vertex, stream, in.readNBytes(in.readInt()), time);
            }
            case WARNING -> new BuildEvent.Warned(vertex, in.readInt(), text(in), text(in), text(in), passage(in));
            default -> throw new IOException("unknown kind of event: " + kind);
        };
    }

    private static void passage(Optional<BuildEvent.Passage> passage, DataOutputStream out) throws IOException {
        if (passage.isEmpty()) {
            return; // as in records of before there were passages
        }
        text(passage.get().file(), out);
        text(passage.get().language(), out);
        text(passage.get().text(), out);
        out.writeInt(passage.get().spans().size());
        for (BuildEvent.Span span : passage.get().spans()) {
            out.writeInt(span.line());
            out.writeInt(span.character());
            out.writeInt(span.endLine());
            out.writeInt(span.endCharacter());
        }
    }

    private static Optional<BuildEvent.Passage> passage(DataInputStream in) throws IOException {
        if (in.available() == 0) {
            return Optional.empty();
        }
        String file = text(in);
        String language = text(in);
        String text = text(in);
        int count = in.readInt();
        List<BuildEvent.Span> spans = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            spans.add(new BuildEvent.Span(in.readInt(), in.readInt(), in.readInt(), in.readInt()));
        }
        return Optional.of(new BuildEvent.Passage(file, language, text, spans));
    }

    private static void digest(Digest digest, DataOutputStream out) throws IOException {
        byte[] hash = digest.bytes();
        out.writeByte(hash.length);
        out.write(hash);
    }

    private static Digest digest(DataInputStream in) throws IOException {
        byte[] hash = in.readNBytes(in.readUnsignedByte());
        if (hash.length != 32 && hash.length != 64) {
            throw new IOException("a digest of " + hash.length + " bytes");
        }
        return Digest.ofHash(hash);
    }

    private static List<Digest> digests(DataInputStream in) throws IOException {
        int count = in.readInt();
        List<Digest> digests = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            digests.add(digest(in));
        }
        return digests;
    }

    private static void text(String text, DataOutputStream out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    private static void instant(Optional<Instant> instant, DataOutputStream out) throws IOException {
        out.writeLong(instant.map(Instant::getEpochSecond).orElse(Long.MIN_VALUE));
        out.writeInt(instant.map(Instant::getNano).orElse(0));
    }

    private static Optional<Instant> instant(DataInputStream in) throws IOException {
        long seconds = in.readLong();
        int nanos = in.readInt();
        return seconds == Long.MIN_VALUE ? Optional.empty() : Optional.of(Instant.ofEpochSecond(seconds, nanos));
    }

    private static Instant time(DataInputStream in) throws IOException {
        return instant(in).orElse(Instant.EPOCH);
    }

    private static void group(Optional<VertexTraits.ProgressGroup> group, DataOutputStream out) throws IOException {
        out.writeBoolean(group.isPresent());
        if (group.isPresent()) {
            text(group.get().id(), out);
            text(group.get().name(), out);
            out.writeBoolean(group.get().weak());
        }
    }

    private static Optional<VertexTraits.ProgressGroup> group(DataInputStream in) throws IOException {
        return in.readBoolean()
                ? Optional.of(new VertexTraits.ProgressGroup(text(in), text(in), in.readBoolean()))
                : Optional.empty();
    }
}
