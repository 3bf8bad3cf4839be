package io.buildkit4j.buildd.door;

import com.google.protobuf.ByteString;
import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.buildd.build.Bridge;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.Gateway.ImageQuestion;
import io.buildkit4j.frontend.Gateway.ResolvedImage;
import io.buildkit4j.image.Platform;
import io.buildkit4j.wire.proto.gateway.ResolveSourceImageResponse;
import io.buildkit4j.wire.proto.gateway.ResolveSourceMetaRequest;
import io.buildkit4j.wire.proto.gateway.ResolveSourceMetaResponse;

/** What a source stands for now, without fetching it. Images are looked up; of other sources only the name is given back. */
final class SourceMeta {
    private static final String IMAGE = "docker-image://";

    private SourceMeta() {}

    static ResolveSourceMetaResponse resolve(ResolveSourceMetaRequest request, Bridge bridge)
            throws InterruptedException {
        String identifier = request.getSource().getIdentifier();
        ResolveSourceMetaResponse.Builder response =
                ResolveSourceMetaResponse.newBuilder().setSource(request.getSource());
        if (!identifier.startsWith(IMAGE)) {
            if (request.hasGit() || request.hasHTTP()) {
                throw new DaemonFault(
                        Kind.UNIMPLEMENTED, "metadata of " + identifier + " is not resolved by this daemon");
            }
            return response.build();
        }
        if (request.getImage().getAttestationChain() || request.getImage().getResolveAttestationsCount() > 0) {
            throw new DaemonFault(Kind.UNIMPLEMENTED, "attestations of images are not resolved by this daemon");
        }
        ImageQuestion question = GatewayMessages.imageQuestion(
                identifier.substring(IMAGE.length()),
                request.hasPlatform() ? GatewayMessages.platform(request.getPlatform()) : Platform.host(),
                request.getResolveMode(),
                request.getLogName());
        ResolvedImage found = bridge.resolveImage(question);
        ResolveSourceImageResponse.Builder image =
                ResolveSourceImageResponse.newBuilder().setDigest(found.digest().toString());
        if (!request.getImage().getNoConfig()) {
            image.setConfig(ByteString.copyFromUtf8(found.config()));
        }
        return response.setImage(image).build();
    }
}
