package io.buildkit4j.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.spine.Context;
import io.buildkit4j.wire.Address;
import io.buildkit4j.wire.Connection;
import io.buildkit4j.wire.Listener;
import io.buildkit4j.wire.proto.trace.ExportTraceServiceRequest;
import io.buildkit4j.wire.proto.trace.Span;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.lite.ProtoLiteUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces of clients and the daemon's own arrive at a collector. */
@Tag("root")
class TracesTest {
    private static final MethodDescriptor<ExportTraceServiceRequest, ExportTraceServiceRequest> EXPORT =
            MethodDescriptor.<ExportTraceServiceRequest, ExportTraceServiceRequest>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("opentelemetry.proto.collector.trace.v1.TraceService/Export")
                    .setRequestMarshaller(ProtoLiteUtils.marshaller(ExportTraceServiceRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoLiteUtils.marshaller(ExportTraceServiceRequest.getDefaultInstance()))
                    .build();

    @TempDir
    Path folder;

    private final BlockingQueue<ExportTraceServiceRequest> received = new LinkedBlockingQueue<>();

    private Listener collector() {
        return Listener.open(
                Address.parse("tcp://127.0.0.1:0"),
                List.of(() -> ServerServiceDefinition.builder(EXPORT.getServiceName())
                        .addMethod(EXPORT, ServerCalls.asyncUnaryCall((request, caller) -> {
                            received.add(request);
                            caller.onNext(ExportTraceServiceRequest.getDefaultInstance());
                            caller.onCompleted();
                        }))
                        .build()));
    }

    private List<Span> spans() throws InterruptedException {
        ExportTraceServiceRequest request = received.poll(60, TimeUnit.SECONDS);
        assertThat(request).isNotNull();
        return request.getResourceSpans(0).getScopeSpans(0).getSpansList();
    }

    @Test
    void clientsTracesAndBuildsArriveAtTheCollector() throws InterruptedException {
        try (Listener collector = collector();
                Daemon daemon = Daemon.start(folder, Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint(collector)))) {
            try (Connection connection = Connection.open(Address.parse(daemon.unix()))) {
                ExportTraceServiceRequest own = ExportTraceServiceRequest.parseFrom(new byte[] {10, 4, 18, 2, 18, 0});
                ClientCalls.blockingUnaryCall(connection.channel(), EXPORT, CallOptions.DEFAULT, own);
                assertThat(spans()).hasSize(1);
            } catch (com.google.protobuf.InvalidProtocolBufferException mistake) {
                throw new AssertionError(mistake);
            }
            Context context =
                    new Context(folder.resolve("context")).dockerfile(Context.BASE + "FROM base\nRUN exit 3\n");
            Program.buildctl("--addr", daemon.unix(), "build")
                    .with(context.flags())
                    .run()
                    .failed();
            List<Span> build = spans();
            Span root = build.getFirst();
            assertThat(root.getName()).contains("Solve");
            assertThat(root.getStatus().getMessage()).contains("exit code: 3");
            assertThat(build.subList(1, build.size()))
                    .allMatch(step -> step.getParentSpanId().equals(root.getSpanId()))
                    .allMatch(step -> step.getTraceId().equals(root.getTraceId()))
                    .allMatch(step -> step.getEndTimeUnixNano() >= step.getStartTimeUnixNano())
                    .anyMatch(step -> step.getName().contains("RUN exit 3")
                            && step.getStatus().getCode() == 2);
        }
    }

    private static String endpoint(Listener collector) {
        return "http://" + collector.address().toString().substring("tcp://".length());
    }
}
