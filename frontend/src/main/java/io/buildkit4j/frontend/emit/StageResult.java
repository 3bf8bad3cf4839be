package io.buildkit4j.frontend.emit;

import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.State;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a stage ended.
 *
 * @param arguments that its steps were given, as {@code NAME=value}, once or several times each
 * @param values of variables
 * @param files the directory of the client that stands for it, if one does; the state is empty then
 */
record StageResult(
        State state,
        ImageDraft image,
        List<String> arguments,
        Map<String, String> values,
        Platform platform,
        Optional<ContextFiles> files) {}
