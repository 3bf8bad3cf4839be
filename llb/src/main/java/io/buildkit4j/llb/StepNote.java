package io.buildkit4j.llb;

import io.buildkit4j.llb.OpMetadata.LinuxResources;
import io.buildkit4j.llb.OpMetadata.ProgressGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is said about a step while it is written down: how it is shown, cached and where it came from. Immutable. */
public record StepNote(
        boolean ignoreCache,
        List<Attribute> description,
        Optional<Boolean> exportCache,
        Optional<ProgressGroup> progressGroup,
        Optional<LinuxResources> resources,
        List<WrittenAt> places) {
    private static final StepNote PLAIN =
            new StepNote(false, List.of(), Optional.empty(), Optional.empty(), Optional.empty(), List.of());

    /** Lists are copied. */
    public StepNote {
        description = List.copyOf(description);
        places = List.copyOf(places);
    }

    /** Lines of a file. */
    public record WrittenAt(SourceMap.SourceFile file, SourceMap.Range range) {}

    /** Nothing said. */
    public static StepNote plain() {
        return PLAIN;
    }

    /** Shown under this name. */
    public static StepNote named(String name) {
        return PLAIN.withName(name);
    }

    /** The same, shown under this name. */
    public StepNote withName(String name) {
        return withDescription(OpMetadata.CUSTOM_NAME, name);
    }

    /** The same with one more text. */
    public StepNote withDescription(String key, String value) {
        List<Attribute> more = new ArrayList<>(description);
        more.removeIf(attribute -> attribute.key().equals(key));
        more.add(new Attribute(key, value));
        return new StepNote(ignoreCache, more, exportCache, progressGroup, resources, places);
    }

    /** The same, run whatever the cache says. */
    public StepNote withIgnoreCache(boolean ignore) {
        return new StepNote(ignore, description, exportCache, progressGroup, resources, places);
    }

    /** The same, let into remote caches or not. */
    public StepNote withExportCache(boolean export) {
        return new StepNote(ignoreCache, description, Optional.of(export), progressGroup, resources, places);
    }

    /** The same, shown as part of a group. */
    public StepNote withProgressGroup(ProgressGroup group) {
        return new StepNote(ignoreCache, description, exportCache, Optional.of(group), resources, places);
    }

    /** The same, run within limits. */
    public StepNote withResources(LinuxResources limits) {
        return new StepNote(ignoreCache, description, exportCache, progressGroup, Optional.of(limits), places);
    }

    /** The same, written there. */
    public StepNote at(WrittenAt place) {
        List<WrittenAt> more = new ArrayList<>(places);
        more.add(place);
        return new StepNote(ignoreCache, description, exportCache, progressGroup, resources, more);
    }
}
