package io.buildkit4j.buildd.door;

import com.google.protobuf.ByteString;
import io.buildkit4j.buildd.Version;
import io.buildkit4j.buildd.history.BuildRecord;
import io.buildkit4j.buildd.journal.JournalReader;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.wire.proto.trace.AnyValue;
import io.buildkit4j.wire.proto.trace.ExportTraceServiceRequest;
import io.buildkit4j.wire.proto.trace.InstrumentationScope;
import io.buildkit4j.wire.proto.trace.KeyValue;
import io.buildkit4j.wire.proto.trace.Resource;
import io.buildkit4j.wire.proto.trace.ResourceSpans;
import io.buildkit4j.wire.proto.trace.ScopeSpans;
import io.buildkit4j.wire.proto.trace.Span;
import io.buildkit4j.wire.proto.trace.Status;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A build that has ended as spans of a trace: one for the build, below it one for each step that ran. */
final class BuildSpans {
    /** W3C's header: version, trace, the caller's span, flags of which the lowest bit says that somebody looks. */
    private static final Pattern PARENT =
            Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]([0-9a-f])");

    private static final int INTERNAL = 1;
    private static final int SERVER = 2;
    private static final int FAILED = 2;

    private final String service;
    private final ByteString trace;
    private final Optional<ByteString> caller;
    private final ByteString root = random(8);
    private final Map<Digest, BuildEvent.VertexChanged> steps = new LinkedHashMap<>();

    private BuildSpans(String service, ByteString trace, Optional<ByteString> caller) {
        this.service = service;
        this.trace = trace;
        this.caller = caller;
    }

    /**
     * An encoded {@code ExportTraceServiceRequest}.
     *
     * @param parent the caller's {@code traceparent}; without one the trace is a new one
     * @return nothing when the caller says that nobody looks, or when the build has no end
     */
    static Optional<byte[]> of(String service, Optional<String> parent, BuildRecord record, JournalReader journal)
            throws InterruptedException {
        Optional<Matcher> named = parent.map(PARENT::matcher).filter(Matcher::matches);
        boolean watched = named.isEmpty() || (Integer.parseInt(named.get().group(3), 16) & 1) == 1;
        if (!watched || record.completed().isEmpty()) {
            return Optional.empty();
        }
        BuildSpans spans = new BuildSpans(
                service,
                named.map(found -> bytes(found.group(1))).orElseGet(() -> random(16)),
                named.map(found -> bytes(found.group(2))));
        Optional<List<BuildEvent>> events = journal.next(0);
        while (events.isPresent()) {
            events.get().forEach(spans::add);
            events = journal.next(0);
        }
        return Optional.of(spans.request(record).toByteArray());
    }

    private void add(BuildEvent event) {
        if (event instanceof BuildEvent.VertexChanged changed
                && changed.started().isPresent()
                && changed.completed().isPresent()) {
            steps.put(changed.vertex(), changed);
        }
    }

    private ExportTraceServiceRequest request(BuildRecord record) {
        ScopeSpans.Builder scope = ScopeSpans.newBuilder()
                .setScope(
                        InstrumentationScope.newBuilder().setName(Version.NAME).setVersion(Version.RELEASE))
                .addSpans(build(record));
        steps.values().forEach(step -> scope.addSpans(step(step)));
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder().addAttributes(text("service.name", service)))
                        .addScopeSpans(scope))
                .build();
    }

    private Span build(BuildRecord record) {
        Span.Builder span = span("moby.buildkit.v1.Control/Solve", SERVER)
                .setSpanId(root)
                .setStartTimeUnixNano(nanoseconds(record.created()))
                .setEndTimeUnixNano(nanoseconds(record.completed().orElse(record.created())))
                .addAttributes(text("build.ref", record.ref()))
                .addAttributes(text("build.frontend", record.frontend()));
        caller.ifPresent(span::setParentSpanId);
        return ended(span, record.error());
    }

    private Span step(BuildEvent.VertexChanged step) {
        Span.Builder span = span(step.name(), INTERNAL)
                .setSpanId(random(8))
                .setParentSpanId(root)
                .setStartTimeUnixNano(nanoseconds(step.started().orElseThrow()))
                .setEndTimeUnixNano(nanoseconds(step.completed().orElseThrow()))
                .addAttributes(text("vertex", step.vertex().toString()))
                .addAttributes(KeyValue.newBuilder()
                        .setKey("cached")
                        .setValue(AnyValue.newBuilder().setBoolValue(step.cached())));
        return ended(span, step.error());
    }

    private Span.Builder span(String name, int kind) {
        return Span.newBuilder().setTraceId(trace).setName(name).setKind(kind);
    }

    private static Span ended(Span.Builder span, String error) {
        if (!error.isEmpty()) {
            span.setStatus(Status.newBuilder().setCode(FAILED).setMessage(error));
        }
        return span.build();
    }

    private static KeyValue text(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    private static long nanoseconds(Instant time) {
        return time.getEpochSecond() * 1_000_000_000L + time.getNano();
    }

    private static ByteString bytes(String hexadecimal) {
        return ByteString.copyFrom(java.util.HexFormat.of().parseHex(hexadecimal));
    }

    private static ByteString random(int length) {
        byte[] bytes = new byte[length];
        ThreadLocalRandom.current().nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }
}
