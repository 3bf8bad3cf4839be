package io.buildkit4j.wire;

import com.google.protobuf.ByteString;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.Session.Credentials;
import io.buildkit4j.wire.Session.TokenRequest;
import io.buildkit4j.wire.proto.auth.AuthGrpc;
import io.buildkit4j.wire.proto.auth.CredentialsRequest;
import io.buildkit4j.wire.proto.auth.CredentialsResponse;
import io.buildkit4j.wire.proto.auth.FetchTokenRequest;
import io.buildkit4j.wire.proto.auth.FetchTokenResponse;
import io.buildkit4j.wire.proto.auth.GetTokenAuthorityRequest;
import io.buildkit4j.wire.proto.auth.GetTokenAuthorityResponse;
import io.buildkit4j.wire.proto.auth.VerifyTokenAuthorityRequest;
import io.buildkit4j.wire.proto.auth.VerifyTokenAuthorityResponse;
import io.grpc.stub.StreamObserver;

/** A client's logins as {@code moby.filesync.v1.Auth}. */
final class OfferedLogins extends AuthGrpc.AuthImplBase {
    private final SessionOffer.Logins logins;

    OfferedLogins(SessionOffer.Logins logins) {
        this.logins = logins;
    }

    private SessionOffer.Tokens tokens() {
        return logins.tokens()
                .orElseThrow(() -> new WireFault(Kind.UNAVAILABLE, "this client fetches no tokens of registries"));
    }

    @FunctionalInterface
    private interface Answer<T> {
        T given() throws InterruptedException;
    }

    @SuppressWarnings("InterruptedExceptionSwallowed") // the call ends as cancelled
    private static <T> void answer(StreamObserver<T> caller, Answer<T> answer) {
        try {
            caller.onNext(answer.given());
            caller.onCompleted();
        } catch (InterruptedException cancelled) {
            caller.onError(WireStatus.of(cancelled));
        }
    }

    @Override
    public void credentials(CredentialsRequest request, StreamObserver<CredentialsResponse> caller) {
        answer(caller, () -> {
            Credentials known = logins.credentials(request.getHost()).orElse(new Credentials("", ""));
            return CredentialsResponse.newBuilder()
                    .setUsername(known.user())
                    .setSecret(known.secret())
                    .build();
        });
    }

    @Override
    public void fetchToken(FetchTokenRequest request, StreamObserver<FetchTokenResponse> caller) {
        answer(caller, () -> {
            SessionOffer.Token token = tokens().fetch(new TokenRequest(
                    request.getHost(), request.getRealm(), request.getService(), request.getScopesList()));
            return FetchTokenResponse.newBuilder()
                    .setToken(token.text())
                    .setExpiresIn(token.seconds())
                    .setIssuedAt(token.issued())
                    .build();
        });
    }

    @Override
    public void getTokenAuthority(GetTokenAuthorityRequest request, StreamObserver<GetTokenAuthorityResponse> caller) {
        answer(
                caller,
                () -> GetTokenAuthorityResponse.newBuilder()
                        .setPublicKey(ByteString.copyFrom(tokens().authority(
                                        request.getHost(), request.getSalt().toByteArray())))
                        .build());
    }

    @Override
    public void verifyTokenAuthority(
            VerifyTokenAuthorityRequest request, StreamObserver<VerifyTokenAuthorityResponse> caller) {
        answer(
                caller,
                () -> VerifyTokenAuthorityResponse.newBuilder()
                        .setSigned(ByteString.copyFrom(tokens().signed(
                                        request.getHost(),
                                        request.getSalt().toByteArray(),
                                        request.getPayload().toByteArray())))
                        .build());
    }
}
