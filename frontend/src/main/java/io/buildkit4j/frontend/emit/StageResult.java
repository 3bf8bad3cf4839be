package io.buildkit4j.frontend.emit;

import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a stage ended.
 *
 * @param arguments that its steps were given, as {@code NAME=value}, once or several times each
 * @param values of variables
 * @param settled whether those of the image come last, in its order, with its texts: what a stage begins with
 * @param files the directory of the client that stands for it, if one does; the state is empty then
 */
record StageResult(
        State state,
        ImageDraft image,
        List<String> arguments,
        Map<String, String> values,
        boolean settled,
        Platform platform,
        Optional<ContextFiles> files) {
    /** Nothing was said yet but what the draft says. */
    static StageResult begun(State state, ImageDraft image, Platform platform, Optional<ContextFiles> files) {
        return new StageResult(state, image, new ArrayList<>(), new LinkedHashMap<>(), false, platform, files);
    }

    /** With a draft, arguments and values of its own. */
    StageResult copy() {
        return new StageResult(
                state, image.copy(), new ArrayList<>(arguments), new LinkedHashMap<>(values), settled, platform, files);
    }

    /** Its tree alone: for a stage that no other goes on from. */
    StageResult withoutTalk() {
        return new StageResult(state, ImageDraft.empty(platform), List.of(), Map.of(), false, platform, files);
    }
}
