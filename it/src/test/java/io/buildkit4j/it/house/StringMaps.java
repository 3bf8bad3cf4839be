package io.buildkit4j.it.house;

import com.tngtech.archunit.core.domain.JavaField;
import java.util.Set;

/** Where a map of strings to strings is the honest type: what the field's own formats define as such. */
final class StringMaps {
    private static final Set<String> BY_NAME = Set.of("labels", "annotations");

    /** Maps from one name to another inside a procedure, and the environment of a process: no bag of options. */
    private static final Set<String> NO_OPTIONS = Set.of(
            "io.buildkit4j.store.layer.LayerPaths.links",
            "io.buildkit4j.store.layer.Remembered.recent",
            "io.buildkit4j.buildctl.command.Surroundings.environment",
            "io.buildkit4j.worker.source.git.GitCommand.more");

    /** The variables of a Dockerfile: their names are whatever its author calls them. */
    private static final Set<String> VARIABLES = Set.of(
            "io.buildkit4j.frontend.check.Reading.arguments",
            "io.buildkit4j.frontend.check.Reading.defaults",
            "io.buildkit4j.frontend.emit.Observer$Moment.values",
            "io.buildkit4j.frontend.emit.Plan$Start.values",
            "io.buildkit4j.frontend.emit.StageEmitter.values",
            "io.buildkit4j.frontend.emit.StageResult.values",
            "io.buildkit4j.frontend.stage.Substitution.values");

    /** The client's requests and answers are the protocol's open maps: any frontend and exporter may define keys. */
    private static final Set<String> OPEN_PROTOCOL = Set.of(
            "io.buildkit4j.client.SolveRequest",
            "io.buildkit4j.client.SolveRequest$Export",
            "io.buildkit4j.client.SolveRequest$CacheEntry",
            "io.buildkit4j.client.SolveResult",
            "io.buildkit4j.client.BuildRecord",
            "io.buildkit4j.exporter.SpecParser",
            "io.buildkit4j.wire.Session$SendTarget");

    private StringMaps() {}

    static boolean allowed(JavaField field) {
        return BY_NAME.contains(field.getName())
                || NO_OPTIONS.contains(field.getFullName())
                || VARIABLES.contains(field.getFullName())
                || OPEN_PROTOCOL.contains(field.getOwner().getName())
                || field.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.STATIC);
    }
}
