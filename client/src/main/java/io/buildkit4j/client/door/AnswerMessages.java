package io.buildkit4j.client.door;

import com.google.protobuf.ByteString;
import io.buildkit4j.client.BuiltTree;
import io.buildkit4j.client.FrontendAnswer;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.wire.proto.gateway.Ref;
import io.buildkit4j.wire.proto.gateway.RefMap;
import io.buildkit4j.wire.proto.gateway.Result;
import java.util.HashMap;
import java.util.Map;

/** Answers of frontends, as messages. */
final class AnswerMessages {
    private AnswerMessages() {}

    static Result message(FrontendAnswer answer) {
        Result.Builder result = Result.newBuilder();
        answer.metadata().forEach((key, value) -> result.putMetadata(key, ByteString.copyFrom(value)));
        BuiltTree only = answer.trees().get("");
        if (only != null) {
            result.setRef(Ref.newBuilder().setId(only.id()));
        } else if (!answer.trees().isEmpty()) {
            RefMap.Builder refs = RefMap.newBuilder();
            answer.trees()
                    .forEach((key, tree) ->
                            refs.putRefs(key, Ref.newBuilder().setId(tree.id()).build()));
            result.setRefs(refs);
        }
        return result.build();
    }

    static FrontendAnswer answer(Result result) {
        Map<String, BuiltTree> trees = new HashMap<>();
        switch (result.getResultCase()) {
            case REF -> trees.put("", tree(result.getRef()));
            case REFS -> result.getRefs().getRefsMap().forEach((key, ref) -> trees.put(key, tree(ref)));
            case REFDEPRECATED -> trees.put("", new BuiltTree(result.getRefDeprecated(), Definition.scratch()));
            case REFSDEPRECATED ->
                result.getRefsDeprecated()
                        .getRefsMap()
                        .forEach((key, id) -> trees.put(key, new BuiltTree(id, Definition.scratch())));
            case RESULT_NOT_SET -> {}
        }
        Map<String, byte[]> metadata = new HashMap<>();
        result.getMetadataMap().forEach((key, value) -> metadata.put(key, value.toByteArray()));
        return new FrontendAnswer(trees, metadata);
    }

    private static BuiltTree tree(Ref ref) {
        return new BuiltTree(
                ref.getId(), Definition.decodeOrScratch(ref.getDef().toByteArray()));
    }
}
