package io.buildkit4j.it.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.buildkit4j.image.Digest;
import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.spine.Context;
import io.buildkit4j.wire.Address;
import io.buildkit4j.wire.Connection;
import io.buildkit4j.wire.proto.content.ContentGrpc;
import io.buildkit4j.wire.proto.content.InfoRequest;
import io.buildkit4j.wire.proto.content.ReadContentRequest;
import io.buildkit4j.wire.proto.content.ReadContentResponse;
import io.buildkit4j.wire.proto.reflection.ServerReflectionGrpc;
import io.buildkit4j.wire.proto.reflection.ServerReflectionRequest;
import io.buildkit4j.wire.proto.reflection.ServerReflectionResponse;
import io.buildkit4j.wire.proto.reflection.ServiceResponse;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What else the daemon's port answers besides builds. */
@Tag("root")
class PortTest {
    private static final Pattern MANIFEST = Pattern.compile("exporting manifest (sha256:[0-9a-f]{64})");

    @TempDir
    Path folder;

    private Daemon daemon;
    private Connection connection;

    @BeforeEach
    void start() {
        daemon = Daemon.start(folder);
        connection = Connection.open(Address.parse(daemon.unix()));
    }

    @AfterEach
    void stop() {
        connection.close();
        daemon.close();
    }

    private String manifest() {
        Context context = new Context(folder.resolve("context")).dockerfile("FROM scratch\nENV A=b\n");
        String said = Program.buildctl("--addr", daemon.unix(), "build", "--progress=plain")
                .with(context.flags())
                .with("--output", "type=image,name=it/port:1")
                .run()
                .succeeded()
                .err();
        Matcher found = MANIFEST.matcher(said);
        assertThat(found.find()).as(said).isTrue();
        return found.group(1);
    }

    @Test
    void contentIsReadByDigest() throws io.grpc.StatusException, InterruptedException {
        String digest = manifest();
        ContentGrpc.ContentBlockingV2Stub content = ContentGrpc.newBlockingV2Stub(connection.channel());
        long size = content.info(InfoRequest.newBuilder().setDigest(digest).build())
                .getInfo()
                .getSize();
        BlockingClientCall<?, ReadContentResponse> pieces =
                content.read(ReadContentRequest.newBuilder().setDigest(digest).build());
        ByteString all = ByteString.EMPTY;
        for (ReadContentResponse piece = pieces.read(); piece != null; piece = pieces.read()) {
            assertThat(piece.getOffset()).isEqualTo(all.size());
            all = all.concat(piece.getData());
        }
        assertThat(all.size()).isEqualTo(Math.toIntExact(size));
        assertThat(Digest.of(all.toByteArray())).hasToString(digest);
        String absent = Digest.ofText("nothing").toString();
        assertThatThrownBy(() ->
                        content.info(InfoRequest.newBuilder().setDigest(absent).build()))
                .hasMessageContaining("NOT_FOUND")
                .hasMessageContaining(absent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v1alpha"})
    void thePortTellsWhatItsServicesAre(String version) throws io.grpc.StatusException, InterruptedException {
        MethodDescriptor<ServerReflectionRequest, ServerReflectionResponse> method =
                ServerReflectionGrpc.getServerReflectionInfoMethod().toBuilder()
                        .setFullMethodName("grpc.reflection." + version + ".ServerReflection/ServerReflectionInfo")
                        .build();
        BlockingClientCall<ServerReflectionRequest, ServerReflectionResponse> questions =
                ClientCalls.blockingBidiStreamingCall(connection.channel(), method, CallOptions.DEFAULT);
        questions.write(ServerReflectionRequest.newBuilder().setListServices("").build());
        assertThat(questions.read().getListServicesResponse().getServiceList())
                .extracting(ServiceResponse::getName)
                .contains("moby.buildkit.v1.Control", "moby.buildkit.v1.frontend.LLBBridge", "grpc.health.v1.Health");
        questions.write(ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("moby.buildkit.v1.Control.Solve")
                .build());
        List<ByteString> files = questions.read().getFileDescriptorResponse().getFileDescriptorProtoList();
        assertThat(files.getFirst().toStringUtf8()).contains("moby.buildkit.v1", "SolveRequest");
        assertThat(files).anyMatch(file -> file.toStringUtf8().contains("google.protobuf"));
        questions.write(ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("no.such.Service")
                .build());
        assertThat(questions.read().getErrorResponse().getErrorCode()).isEqualTo(5);
        questions.halfClose();
        assertThat(questions.read()).isNull();
    }
}
