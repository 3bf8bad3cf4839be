package io.buildkit4j.wire;

import io.buildkit4j.footing.Kind;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A collector as the daemon reaches it. Used by one thread. */
sealed interface TraceLine extends AutoCloseable {
    Duration PATIENCE = Duration.ofSeconds(10);

    /** Sends one request. A line that breaks is made again for the next. */
    void send(byte[] request) throws IOException, InterruptedException;

    @Override
    void close();

    static TraceLine to(TraceReceiver receiver) {
        return receiver.http() ? new OverHttp(receiver) : new OverGrpc(receiver);
    }

    /** {@code TraceService/Export}. */
    final class OverGrpc implements TraceLine {
        private final TraceReceiver receiver;
        private @Nullable Connection connection;

        private OverGrpc(TraceReceiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public void send(byte[] request) throws InterruptedException {
            Channel channel = connected();
            boolean sent = false;
            try {
                CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                Calls.ask(() -> ClientCalls.blockingV2UnaryCall(channel, TraceSink.EXPORT, options, request));
                sent = true;
            } finally {
                if (!sent) {
                    close();
                }
            }
        }

        private Channel connected() {
            Connection open = connection;
            if (open == null) {
                URI endpoint = receiver.endpoint();
                Address address = new Address.Tcp(endpoint.getHost(), receiver.port());
                open = Connection.open(
                        address,
                        receiver.encrypted()
                                ? Optional.of(new TlsFiles(
                                        receiver.authority(), Optional.empty(), Optional.empty(), endpoint.getHost()))
                                : Optional.empty());
                connection = open;
            }
            Metadata headers = new Metadata();
            receiver.headers()
                    .forEach((name, value) ->
                            headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
            return ClientInterceptors.intercept(open.channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
        }

        @Override
        public void close() {
            if (connection != null) {
                connection.close();
            }
            connection = null;
        }
    }

    /** A post. */
    final class OverHttp implements TraceLine {
        private final TraceReceiver receiver;
        private final HttpClient client;

        private OverHttp(TraceReceiver receiver) {
            this.receiver = receiver;
            HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(PATIENCE);
            receiver.authority()
                    .ifPresent(file -> builder.sslContext(
                            TlsSockets.of(new TlsFiles(Optional.of(file), Optional.empty(), Optional.empty(), ""))
                                    .context()));
            client = builder.build();
        }

        @Override
        public void send(byte[] request) throws IOException, InterruptedException {
            HttpRequest.Builder post = HttpRequest.newBuilder(receiver.endpoint())
                    .timeout(PATIENCE)
                    .header("Content-Type", "application/x-protobuf")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(request));
            receiver.headers().forEach(post::header);
            HttpResponse<Void> answer = client.send(post.build(), HttpResponse.BodyHandlers.discarding());
            if (answer.statusCode() / 100 != 2) {
                throw new WireFault(
                        Kind.UNAVAILABLE, receiver.endpoint() + " answers traces with " + answer.statusCode());
            }
        }

        @Override
        public void close() {
            client.shutdownNow();
        }
    }
}
