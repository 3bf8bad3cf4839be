package io.buildkit4j.buildd.door;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.buildd.build.Bridge;
import io.buildkit4j.buildd.build.Outcome;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.FrontendOptions;
import io.buildkit4j.frontend.FrontendRequest;
import io.buildkit4j.frontend.Gateway.ImageQuestion;
import io.buildkit4j.frontend.Gateway.ResolvedImage;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.SourceId.ResolveMode;
import io.buildkit4j.wire.proto.gateway.Ref;
import io.buildkit4j.wire.proto.gateway.RefMap;
import io.buildkit4j.wire.proto.gateway.RefMapDeprecated;
import io.buildkit4j.wire.proto.gateway.ResolveImageConfigRequest;
import io.buildkit4j.wire.proto.gateway.ResolveImageConfigResponse;
import io.buildkit4j.wire.proto.gateway.Result;
import io.buildkit4j.wire.proto.gateway.SolveRequest;
import io.buildkit4j.wire.proto.gateway.SolveResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Questions and answers of frontends, as messages. */
final class GatewayMessages {
    private GatewayMessages() {}

    static Bridge.Question question(SolveRequest request) {
        SolveRequests.refuse(request.getSourcePoliciesCount() > 0, "a source policy");
        if (request.getFrontend().isEmpty()) {
            return new Bridge.Question.Graph(
                    Definition.decodeOrScratch(request.getDefinition().toByteArray()));
        }
        return new Bridge.Question.Written(
                request.getFrontend(),
                new FrontendRequest(
                        options(request.getFrontend(), request.getFrontendOptMap()),
                        inputs(request.getFrontendInputsMap())));
    }

    /** Options of a frontend in an image are for that one to read. */
    static FrontendOptions options(String frontend, Map<String, String> texts) {
        return frontend.equals("gateway.v0") ? FrontendOptions.unread(texts) : FrontendOptions.parse(texts);
    }

    static Map<String, Definition> inputs(Map<String, io.buildkit4j.wire.proto.ops.Definition> messages) {
        Map<String, Definition> inputs = new TreeMap<>();
        messages.forEach((name, input) -> inputs.put(name, Definition.decodeOrScratch(input.toByteArray())));
        return inputs;
    }

    static ImageQuestion question(ResolveImageConfigRequest request) {
        return imageQuestion(
                request.getRef(),
                request.hasPlatform() ? platform(request.getPlatform()) : Platform.host(),
                request.getResolveMode(),
                request.getLogName());
    }

    static ImageQuestion imageQuestion(String reference, Platform platform, String mode, String logName) {
        String shown = logName.isEmpty() ? "resolve image config for " + reference : logName;
        return new ImageQuestion(reference, platform, mode(mode), shown);
    }

    static ResolveMode mode(String text) {
        return switch (text) {
            case "", "default" -> ResolveMode.DEFAULT;
            case "pull" -> ResolveMode.PULL;
            case "local" -> ResolveMode.LOCAL;
            default ->
                throw new DaemonFault(
                        Kind.INVALID_ARGUMENT, "invalid resolve mode " + text + "; use default, pull or local");
        };
    }

    static Platform platform(io.buildkit4j.wire.proto.ops.Platform message) {
        return new Platform(
                        message.getOS(),
                        message.getArchitecture(),
                        message.getVariant(),
                        message.getOSVersion(),
                        message.getOSFeaturesList())
                .normalized();
    }

    static ResolveImageConfigResponse resolved(String reference, ResolvedImage found) {
        return ResolveImageConfigResponse.newBuilder()
                .setDigest(found.digest().toString())
                .setConfig(ByteString.copyFromUtf8(found.config()))
                .setRef(reference)
                .build();
    }

    /** In the newest of the forms that the frontend says it understands. */
    static SolveResponse response(Outcome outcome, Bridge bridge, SolveRequest request) {
        if (!request.getAllowResultReturn()) {
            return SolveResponse.newBuilder().setRef(only(outcome)).build();
        }
        Result.Builder result = Result.newBuilder();
        outcome.notes().forEach(note -> result.putMetadata(note.key(), ByteString.copyFromUtf8(note.value())));
        boolean modern = request.getAllowResultArrayRef();
        if (outcome.byPlatform() && modern) {
            RefMap.Builder map = RefMap.newBuilder();
            outcome.trees().forEach(tree -> map.putRefs(tree.platform(), ref(tree.id(), bridge)));
            result.setRefs(map);
        } else if (outcome.byPlatform()) {
            RefMapDeprecated.Builder map = RefMapDeprecated.newBuilder();
            outcome.trees().forEach(tree -> map.putRefs(tree.platform(), tree.id()));
            result.setRefsDeprecated(map);
        } else if (modern) {
            result.setRef(ref(only(outcome), bridge));
        } else {
            result.setRefDeprecated(only(outcome));
        }
        return SolveResponse.newBuilder().setResult(result).build();
    }

    private static String only(Outcome outcome) {
        return outcome.trees().isEmpty() ? "" : outcome.trees().getFirst().id();
    }

    private static Ref ref(String id, Bridge bridge) {
        return Ref.newBuilder()
                .setId(id)
                .setDef(definition(bridge.definition(id)))
                .build();
    }

    static io.buildkit4j.wire.proto.ops.Definition definition(Definition definition) {
        try {
            return io.buildkit4j.wire.proto.ops.Definition.parseFrom(definition.encode());
        } catch (InvalidProtocolBufferException impossible) {
            throw new IllegalStateException("our own encoding cannot be read", impossible);
        }
    }

    /** What a frontend returned, in whichever form. */
    static Outcome outcome(Result result) {
        List<Outcome.Tree> trees = new ArrayList<>();
        switch (result.getResultCase()) {
            case REFDEPRECATED -> trees.add(new Outcome.Tree("", result.getRefDeprecated()));
            case REFSDEPRECATED ->
                new TreeMap<>(result.getRefsDeprecated().getRefsMap())
                        .forEach((key, id) -> trees.add(new Outcome.Tree(key, id)));
            case REF -> trees.add(new Outcome.Tree("", result.getRef().getId()));
            case REFS ->
                new TreeMap<>(result.getRefs().getRefsMap())
                        .forEach((key, ref) -> trees.add(new Outcome.Tree(key, ref.getId())));
            case RESULT_NOT_SET -> {}
        }
        boolean byPlatform = result.hasRefs() || result.hasRefsDeprecated();
        List<Outcome.Note> notes = new ArrayList<>();
        new TreeMap<>(result.getMetadataMap())
                .forEach((key, value) -> notes.add(new Outcome.Note(key, value.toStringUtf8())));
        return new Outcome(trees, byPlatform, notes);
    }
}
