package io.buildkit4j.frontend.emit;

import io.buildkit4j.llb.State;
import java.util.List;
import java.util.SortedMap;

/** Where a stage ended: its tree, its image and the arguments that its steps were given, as {@code NAME=value}. */
record StageResult(State state, ImageDraft image, List<String> arguments, SortedMap<String, String> values) {}
