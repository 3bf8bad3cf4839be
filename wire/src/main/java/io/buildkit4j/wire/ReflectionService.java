package io.buildkit4j.wire;

import com.google.protobuf.ByteString;
import io.buildkit4j.wire.proto.reflection.ErrorResponse;
import io.buildkit4j.wire.proto.reflection.FileDescriptorResponse;
import io.buildkit4j.wire.proto.reflection.ListServiceResponse;
import io.buildkit4j.wire.proto.reflection.ServerReflectionGrpc;
import io.buildkit4j.wire.proto.reflection.ServerReflectionRequest;
import io.buildkit4j.wire.proto.reflection.ServerReflectionResponse;
import io.buildkit4j.wire.proto.reflection.ServiceResponse;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tells what a port's services are, so that tools like grpcurl can call them without .proto files. gRPC has two names for
 * it, {@code v1} and {@code v1alpha}, of the same messages; both are answered.
 */
final class ReflectionService {
    private static final String OLD = "grpc.reflection.v1alpha.ServerReflection";

    /** Read when somebody asks for the first time, which is seldom. */
    private static final class Files {
        static final ProtoFiles ALL = ProtoFiles.load();
    }

    private final List<String> services;

    private ReflectionService(List<? extends BindableService> services) {
        this.services = Stream.concat(
                        services.stream()
                                .map(service -> service.bindService()
                                        .getServiceDescriptor()
                                        .getName()),
                        Stream.of("grpc.health.v1.Health", ServerReflectionGrpc.SERVICE_NAME, OLD))
                .sorted()
                .toList();
    }

    /** Both services, about these and themselves. */
    static List<BindableService> about(List<? extends BindableService> services) {
        ReflectionService answers = new ReflectionService(services);
        var now = ServerReflectionGrpc.getServerReflectionInfoMethod();
        var before = now.toBuilder()
                .setFullMethodName(MethodDescriptor.generateFullMethodName(OLD, now.getBareMethodName()))
                .build();
        return List.of(
                () -> ServerServiceDefinition.builder(ServerReflectionGrpc.SERVICE_NAME)
                        .addMethod(now, ServerCalls.asyncBidiStreamingCall(answers::open))
                        .build(),
                () -> ServerServiceDefinition.builder(OLD)
                        .addMethod(before, ServerCalls.asyncBidiStreamingCall(answers::open))
                        .build());
    }

    private StreamObserver<ServerReflectionRequest> open(StreamObserver<ServerReflectionResponse> out) {
        return new StreamObserver<>() {
            @Override
            public void onNext(ServerReflectionRequest request) {
                out.onNext(answer(request));
            }

            @Override
            public void onError(Throwable gone) {
                // who asked has left
            }

            @Override
            public void onCompleted() {
                out.onCompleted();
            }
        };
    }

    private ServerReflectionResponse answer(ServerReflectionRequest request) {
        ServerReflectionResponse.Builder answer = ServerReflectionResponse.newBuilder()
                .setValidHost(request.getHost())
                .setOriginalRequest(request);
        return switch (request.getMessageRequestCase()) {
            case LIST_SERVICES -> answer.setListServicesResponse(list()).build();
            case FILE_BY_FILENAME ->
                files(answer, request.getFileByFilename(), Files.ALL.named(request.getFileByFilename()));
            case FILE_CONTAINING_SYMBOL ->
                files(
                        answer,
                        request.getFileContainingSymbol(),
                        Files.ALL.declaring(request.getFileContainingSymbol()));
            case FILE_CONTAINING_EXTENSION, ALL_EXTENSION_NUMBERS_OF_TYPE ->
                refused(answer, Status.Code.NOT_FOUND, "no service here has extensions");
            case MESSAGEREQUEST_NOT_SET -> refused(answer, Status.Code.INVALID_ARGUMENT, "nothing is asked");
        };
    }

    private ListServiceResponse list() {
        ListServiceResponse.Builder list = ListServiceResponse.newBuilder();
        services.forEach(name -> list.addService(ServiceResponse.newBuilder().setName(name)));
        return list.build();
    }

    private static ServerReflectionResponse files(
            ServerReflectionResponse.Builder answer, String wanted, Optional<List<ByteString>> found) {
        return found.map(files -> answer.setFileDescriptorResponse(
                                FileDescriptorResponse.newBuilder().addAllFileDescriptorProto(files))
                        .build())
                .orElseGet(() -> refused(answer, Status.Code.NOT_FOUND, "not declared here: " + wanted));
    }

    private static ServerReflectionResponse refused(
            ServerReflectionResponse.Builder answer, Status.Code code, String reason) {
        return answer.setErrorResponse(
                        ErrorResponse.newBuilder().setErrorCode(code.value()).setErrorMessage(reason))
                .build();
    }
}
