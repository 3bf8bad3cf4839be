package io.buildkit4j.buildd.build;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.image.Digest;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.Dump;
import io.buildkit4j.llb.ExecMount;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.OpInput;
import io.buildkit4j.llb.SourceMap;
import io.buildkit4j.wire.FaultDetail;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** A step that failed, in the definition that it is of. */
record FailedStep(Definition definition, Digest op) {
    /** Gives ids to definitions, by which a frontend may ask for what they result in. */
    @FunctionalInterface
    interface Ids {
        /** The id of this one, empty for none. */
        String of(Definition part);
    }

    /** The lines that it was written as. */
    Optional<FaultDetail> source() {
        SourceMap sources = definition.sources();
        return sources.locations().getOrDefault(op, List.of()).stream()
                .filter(place -> place.file() < sources.files().size())
                .findFirst()
                .map(place -> {
                    SourceMap.SourceFile file = sources.files().get(place.file());
                    return source(file.name(), file.data(), file.language(), place.ranges());
                });
    }

    /**
     * {@code errdefs.Solve}: what it was to do, and ids of what it was made from. A mount's id is that of what was mounted, as
     * it was before the step: what a failed step has written is not kept.
     */
    JsonObject solve(Ids ids) {
        JsonObject solve = new JsonObject();
        Op failed = definition.entry(op).op();
        List<String> inputs = new ArrayList<>();
        for (OpInput input : failed.inputs()) {
            inputs.add(ids.of(definition.upTo(input)));
        }
        if (inputs.stream().anyMatch(id -> !id.isEmpty())) {
            solve.add("inputIDs", array(inputs));
            if (failed instanceof Op.Exec exec) {
                solve.add(
                        "mountIDs",
                        array(exec.mounts().stream()
                                .map(mount -> mounted(mount, inputs))
                                .toList()));
            }
        }
        solve.add("op", Dump.protoJson(failed));
        JsonObject description = new JsonObject();
        definition.metadata(op).description().forEach(note -> description.addProperty(note.key(), note.value()));
        if (!description.isEmpty()) {
            solve.add("description", description);
        }
        return solve;
    }

    private static String mounted(ExecMount mount, List<String> inputs) {
        return mount.input() >= 0 && mount.input() < inputs.size() ? inputs.get(mount.input()) : "";
    }

    private static JsonArray array(List<String> texts) {
        JsonArray array = new JsonArray();
        texts.forEach(array::add);
        return array;
    }

    static FaultDetail source(String file, ByteBuffer text, String language, List<SourceMap.Range> ranges) {
        byte[] bytes = new byte[text.remaining()];
        text.get(bytes);
        JsonObject info = new JsonObject();
        info.addProperty("filename", file);
        info.addProperty("data", Base64.getEncoder().encodeToString(bytes));
        info.addProperty("language", language);
        JsonArray places = new JsonArray();
        for (SourceMap.Range range : ranges) {
            JsonObject place = new JsonObject();
            place.add("start", position(range.startLine(), range.startCharacter()));
            place.add("end", position(range.endLine(), range.endCharacter()));
            places.add(place);
        }
        JsonObject source = new JsonObject();
        source.add("info", info);
        source.add("ranges", places);
        return FaultDetail.of("Source", source.toString());
    }

    private static JsonObject position(int line, int character) {
        JsonObject position = new JsonObject();
        position.addProperty("line", line);
        if (character != 0) {
            position.addProperty("character", character);
        }
        return position;
    }
}
