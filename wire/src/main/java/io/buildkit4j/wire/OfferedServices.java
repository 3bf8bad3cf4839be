package io.buildkit4j.wire;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.Session.DirectoryRequest;
import io.buildkit4j.wire.Session.SendTarget;
import io.buildkit4j.wire.proto.filesync.BytesMessage;
import io.buildkit4j.wire.proto.filesync.FileSyncGrpc;
import io.buildkit4j.wire.proto.fsutil.Packet;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;

/** A client's offer as the services that the daemon calls. */
final class OfferedServices {
    private final SessionOffer offer;
    private final ExecutorService threads;

    OfferedServices(SessionOffer offer, ExecutorService threads) {
        this.offer = offer;
        this.threads = threads;
    }

    List<BindableService> all() {
        List<BindableService> services = new ArrayList<>();
        offer.directories().ifPresent(directories -> services.add(new Directories(directories)));
        offer.targets().ifPresent(targets -> services.add(() -> fileSend(targets)));
        offer.logins().ifPresent(logins -> services.add(new OfferedLogins(logins)));
        offer.secrets().ifPresent(secrets -> services.add(new Secrets(secrets)));
        offer.agents().ifPresent(agents -> services.add(new Agents(agents, threads)));
        offer.stores().ifPresent(stores -> services.add(new ContentService(stores, threads)));
        return services;
    }

    private final class Directories extends FileSyncGrpc.FileSyncImplBase {
        private final SessionOffer.Directories directories;

        Directories(SessionOffer.Directories directories) {
            this.directories = directories;
        }

        @Override
        public StreamObserver<Packet> diffCopy(StreamObserver<Packet> responses) {
            RequestHeaders headers = RequestHeaders.current();
            DirectoryRequest request = new DirectoryRequest(
                    String.join("", SessionHeaders.get(headers, SessionHeaders.DIRECTORY)),
                    SessionHeaders.get(headers, SessionHeaders.INCLUDE),
                    SessionHeaders.get(headers, SessionHeaders.EXCLUDE),
                    SessionHeaders.get(headers, SessionHeaders.FOLLOW),
                    changedSince(headers));
            return Duplex.serve(
                    responses,
                    threads,
                    PacketSender::weigh,
                    call -> new PacketSender(PacketCall.of(call), directories.open(request)).run());
        }
    }

    private static OptionalLong changedSince(RequestHeaders headers) {
        try {
            Optional<String> text = headers.first(ChangeMarks.HEADER);
            return text.isPresent() ? OptionalLong.of(Long.parseLong(text.get())) : OptionalLong.empty();
        } catch (NumberFormatException notOurs) {
            return OptionalLong.empty();
        }
    }

    private ServerServiceDefinition fileSend(SessionOffer.Targets targets) {
        return ServerServiceDefinition.builder("moby.filesync.v1.FileSend")
                .addMethod(RawMessages.FILE_SEND, ServerCalls.asyncBidiStreamingCall(responses -> {
                    SendTarget target = target(RequestHeaders.current());
                    return Duplex.serve(
                            responses,
                            threads,
                            message -> 256 + message.length,
                            call -> take(call, targets.open(target)));
                }))
                .build();
    }

    private static SendTarget target(RequestHeaders headers) {
        Map<String, String> metadata = new HashMap<>();
        for (String name : headers.names()) {
            if (name.startsWith(SessionHeaders.EXPORTER_METADATA) && !name.endsWith("-encoded")) {
                metadata.put(
                        name.substring(SessionHeaders.EXPORTER_METADATA.length()),
                        String.join(",", SessionHeaders.get(headers, name)));
            }
        }
        return new SendTarget(headers.first(SessionHeaders.EXPORTER).orElse(""), metadata);
    }

    private static void take(Duplex<byte[], byte[]> call, FileTarget target) throws InterruptedException {
        switch (target) {
            case FileTarget.Tree(FileReceiver receiver) -> new PacketReceiver(PacketCall.raw(call), receiver).run();
            case FileTarget.Bytes bytes -> copy(call, bytes);
        }
    }

    private static void copy(Duplex<byte[], byte[]> call, FileTarget.Bytes target) throws InterruptedException {
        boolean complete = false;
        try {
            Optional<byte[]> message = call.read();
            while (message.isPresent()) {
                BytesMessage.parseFrom(message.get()).getData().writeTo(target.stream());
                message = call.read();
            }
            target.finish();
            complete = true;
        } catch (IOException failed) {
            throw new WireFault(Kind.UNKNOWN, "cannot write the result: " + failed.getMessage(), failed);
        } finally {
            if (!complete) {
                target.abandon();
            }
        }
    }
}
