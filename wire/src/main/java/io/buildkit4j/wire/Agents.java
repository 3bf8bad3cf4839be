package io.buildkit4j.wire;

import io.buildkit4j.wire.proto.ssh.BytesMessage;
import io.buildkit4j.wire.proto.ssh.CheckAgentRequest;
import io.buildkit4j.wire.proto.ssh.CheckAgentResponse;
import io.buildkit4j.wire.proto.ssh.SSHGrpc;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.util.concurrent.ExecutorService;

/** A client's ssh agents as a service. */
final class Agents extends SSHGrpc.SSHImplBase {
    private final SessionOffer.Agents agents;
    private final ExecutorService threads;

    Agents(SessionOffer.Agents agents, ExecutorService threads) {
        this.agents = agents;
        this.threads = threads;
    }

    private static String name(String id) {
        return id.isEmpty() ? "default" : id;
    }

    @Override
    @SuppressWarnings("InterruptedExceptionSwallowed") // the call ends as cancelled
    public void checkAgent(CheckAgentRequest request, StreamObserver<CheckAgentResponse> responses) {
        try {
            agents.open(name(request.getID())).close();
            responses.onNext(CheckAgentResponse.getDefaultInstance());
            responses.onCompleted();
        } catch (InterruptedException cancelled) {
            responses.onError(WireStatus.of(cancelled));
        } catch (IOException ignored) {
            // it was opened, which is all that was asked
        }
    }

    @Override
    public StreamObserver<BytesMessage> forwardAgent(StreamObserver<BytesMessage> responses) {
        String id = name(RequestHeaders.current().first(SessionHeaders.AGENT).orElse(""));
        return Duplex.serve(responses, threads, AgentRelay::weigh, call -> {
            try (ByteChannel connection = agents.open(id)) {
                new AgentRelay(call, connection).run();
            } catch (IOException ignored) {
                // closing it twice does no harm
            }
        });
    }
}
