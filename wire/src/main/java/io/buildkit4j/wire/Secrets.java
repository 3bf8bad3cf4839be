package io.buildkit4j.wire;

import com.google.protobuf.ByteString;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.proto.secrets.GetSecretRequest;
import io.buildkit4j.wire.proto.secrets.GetSecretResponse;
import io.buildkit4j.wire.proto.secrets.SecretsGrpc;
import io.grpc.stub.StreamObserver;

/** A client's secrets as a service. */
final class Secrets extends SecretsGrpc.SecretsImplBase {
    private final SessionOffer.Secrets secrets;

    Secrets(SessionOffer.Secrets secrets) {
        this.secrets = secrets;
    }

    @Override
    @SuppressWarnings("InterruptedExceptionSwallowed") // the call ends as cancelled
    public void getSecret(GetSecretRequest request, StreamObserver<GetSecretResponse> responses) {
        try {
            byte[] value = secrets.secret(request.getID())
                    .orElseThrow(() -> new WireFault(Kind.NOT_FOUND, "secret " + request.getID() + " not found"));
            responses.onNext(GetSecretResponse.newBuilder()
                    .setData(ByteString.copyFrom(value))
                    .build());
            responses.onCompleted();
        } catch (InterruptedException cancelled) {
            responses.onError(WireStatus.of(cancelled));
        }
    }
}
