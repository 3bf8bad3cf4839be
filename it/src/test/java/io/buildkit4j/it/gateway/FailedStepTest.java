package io.buildkit4j.it.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.Run;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import io.buildkit4j.wire.Address;
import io.buildkit4j.wire.Connection;
import io.buildkit4j.wire.FaultDetail;
import io.buildkit4j.wire.WireFault;
import io.buildkit4j.wire.WireStatus;
import io.buildkit4j.wire.proto.control.ControlGrpc;
import io.buildkit4j.wire.proto.gateway.LLBBridgeGrpc;
import io.buildkit4j.wire.proto.gateway.ReadFileRequest;
import io.buildkit4j.wire.proto.gateway.ReturnRequest;
import io.buildkit4j.wire.proto.gateway.SolveRequest;
import io.buildkit4j.wire.proto.ops.Definition;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a frontend is told of a step that failed, and what it can do with that: debuggers of clients live on it. */
@Tag("root")
class FailedStepTest {
    private static final String REF = "failed-step";

    @TempDir
    Path folder;

    private static SolveRequest failing() throws Exception {
        State before = State.scratch()
                .file(
                        FileSteps.begin().makeFile("/before", 0644, "as it was".getBytes(StandardCharsets.UTF_8)),
                        StepNote.plain());
        byte[] definition = before.run(Run.args("/no/such/program", "x"), StepNote.plain())
                .root()
                .marshal()
                .encode();
        return SolveRequest.newBuilder()
                .setDefinition(Definition.parseFrom(definition))
                .setEvaluate(true)
                .setAllowResultReturn(true)
                .build();
    }

    private static LLBBridgeGrpc.LLBBridgeBlockingStub bridge(Connection connection) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("buildkit-controlapi-buildid", Metadata.ASCII_STRING_MARSHALLER), REF);
        return LLBBridgeGrpc.newBlockingStub(connection.channel())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static JsonObject detail(WireFault fault, String name) {
        return fault.details().stream()
                .filter(detail -> detail.is(name))
                .map(FaultDetail::json)
                .map(json -> JsonParser.parseString(json).getAsJsonObject())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aFrontendLooksIntoWhatAFailedStepWasMadeFrom() throws Exception {
        try (Daemon daemon = Daemon.start(folder);
                Connection connection = Connection.open(Address.parse(daemon.unix()))) {
            var driven = ControlGrpc.newFutureStub(connection.channel())
                    .solve(io.buildkit4j.wire.proto.control.SolveRequest.newBuilder()
                            .setRef(REF)
                            .build());
            LLBBridgeGrpc.LLBBridgeBlockingStub bridge = bridge(connection);
            SolveRequest request = failing();
            WireFault fault =
                    WireStatus.fault(catchThrowableOfType(StatusRuntimeException.class, () -> bridge.solve(request)));

            JsonObject solve = detail(fault, "Solve");
            JsonObject exec = solve.getAsJsonObject("op").getAsJsonObject("exec");
            assertThat(exec.getAsJsonObject("meta")
                            .getAsJsonArray("args")
                            .get(0)
                            .getAsString())
                    .isEqualTo("/no/such/program");
            JsonArray mounts = solve.getAsJsonArray("mountIDs");
            assertThat(mounts).hasSameSizeAs(exec.getAsJsonArray("mounts"));
            assertThat(mounts.get(0)).isEqualTo(solve.getAsJsonArray("inputIDs").get(0));
            assertThat(bridge.readFile(ReadFileRequest.newBuilder()
                                    .setRef(mounts.get(0).getAsString())
                                    .setFilePath("/before")
                                    .build())
                            .getData()
                            .toStringUtf8())
                    .isEqualTo("as it was");
            assertThat(detail(fault, "Vertex").get("digest").getAsString()).startsWith("sha256:");

            bridge.return_(ReturnRequest.newBuilder()
                    .setError(WireStatus.message(fault, List.of()))
                    .build());
            assertThat(catchThrowableOfType(java.util.concurrent.ExecutionException.class, driven::get))
                    .hasMessageContaining("/no/such/program");
        }
    }
}
