package io.buildkit4j.frontend.emit;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.frontend.DockerfileFault;
import io.buildkit4j.frontend.FrontendOptions;
import io.buildkit4j.frontend.Gateway;
import io.buildkit4j.frontend.Gateway.ImageQuestion;
import io.buildkit4j.frontend.Gateway.ResolvedImage;
import io.buildkit4j.frontend.context.NamedContexts;
import io.buildkit4j.frontend.context.NamedContexts.Content;
import io.buildkit4j.frontend.context.NamedContexts.NamedContext;
import io.buildkit4j.frontend.instruction.Spelling;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Reference;
import io.buildkit4j.llb.SourceId;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What names stand for that are no stages: images, named contexts, the empty tree. Used by one thread. */
final class Bases {
    private static final int LOOKUPS = 8;

    private final FrontendOptions options;
    private final Gateway gateway;
    private final NamedContexts contexts;
    private final Platform target;
    private final Map<String, Base> known = new HashMap<>();
    private Set<String> stages = Set.of();

    Bases(Plan.Inputs inputs, Gateway gateway, Platform target) {
        this.options = inputs.options();
        this.gateway = gateway;
        this.contexts = new NamedContexts(inputs.options(), inputs.definitions(), gateway);
        this.target = target;
    }

    /**
     * A tree to begin with.
     *
     * @param files the directory of the client that it is, if it is one
     * @param pinned the image by its digest, if it was looked up at a registry; empty else
     */
    record Base(State state, ImageDraft image, Platform platform, Optional<ContextFiles> files, String pinned) {
        State at(String path) {
            return files.map(directory -> directory.need(path)).orElse(state);
        }
    }

    /** A name that is looked up, for a line of the file. */
    record Wanted(String image, Platform platform, DockerfileFault.Place place) {
        private String key() {
            return image + " " + platform + " " + platform.osVersion();
        }
    }

    /** The names of the file's own stages. */
    void know(Set<String> names) {
        stages = names;
    }

    /** What replaces a stage of that name, if anything. */
    Optional<NamedContext> replacement(String name, Platform platform) {
        return contexts.find(name, platform);
    }

    /** Looks up all at once. */
    void resolve(List<Wanted> all) throws InterruptedException {
        Map<String, Wanted> missing = new HashMap<>();
        for (Wanted wanted : all) {
            if (!known.containsKey(wanted.key())) {
                missing.putIfAbsent(wanted.key(), wanted);
            }
        }
        List<Wanted> lookups = new ArrayList<>(missing.values());
        List<Base> found = TaskScope.map("load metadata", lookups, LOOKUPS, this::lookUp);
        for (int i = 0; i < lookups.size(); i++) {
            known.put(lookups.get(i).key(), found.get(i));
        }
    }

    Base base(Wanted wanted) throws InterruptedException {
        Base base = known.get(wanted.key());
        if (base == null) {
            base = lookUp(wanted);
            known.put(wanted.key(), base);
        }
        return base;
    }

    private Base lookUp(Wanted wanted) throws InterruptedException {
        if (wanted.image().equals("scratch")) {
            return new Base(State.scratch().platform(target), ImageDraft.scratch(target), target, Optional.empty(), "");
        }
        Optional<NamedContext> context = contexts.find(wanted.image(), wanted.platform());
        if (context.isPresent()) {
            return load(context.get(), wanted, ImageDraft.scratch(wanted.platform()));
        }
        String full = fullName(wanted);
        String prefix = options.multiPlatformResult() ? "[" + wanted.platform() + " internal] " : "[internal] ";
        try {
            ResolvedImage found = gateway.resolveImage(new ImageQuestion(
                    full, wanted.platform(), options.resolveMode(), prefix + "load metadata for " + full));
            String pinned = full.contains("@") ? full : full + "@" + found.digest();
            ImageDraft image = ImageDraft.of(found.config(), full);
            return image.isEmptyTree()
                    ? new Base(State.scratch(), image, wanted.platform(), Optional.empty(), "")
                    : new Base(image(pinned, wanted.platform()), image, wanted.platform(), Optional.empty(), pinned);
        } catch (Fault fault) {
            throw new DockerfileFault(
                    wanted.place(),
                    wanted.image() + ": failed to resolve source metadata for " + full + ": " + fault.getMessage()
                            + meant(wanted.image()),
                    fault);
        }
    }

    /** An image that nobody has may be a stage whose name is written otherwise. */
    private String meant(String image) {
        List<String> others =
                stages.stream().filter(name -> !name.equals(image)).toList();
        return Spelling.suggestion(image, others, "stage ");
    }

    /** What a context is; an image draft where it says nothing of one. */
    private Base load(NamedContext context, Wanted wanted, ImageDraft silent) throws InterruptedException {
        try {
            Content content = contexts.load(context, wanted.platform());
            return switch (content) {
                case Content.Tree tree -> {
                    ImageDraft image = tree.config()
                            .map(config -> ImageDraft.of(config, context.address()))
                            .orElse(silent);
                    yield new Base(tree.state(), image, wanted.platform(), Optional.empty(), "");
                }
                case Content.Directory directory -> {
                    ContextFiles files = new ContextFiles(
                            directory.local(),
                            directory.hint(),
                            "[context " + context.name() + "] load from client",
                            directory.excludes());
                    yield new Base(State.scratch(), silent, wanted.platform(), Optional.of(files), "");
                }
            };
        } catch (Fault fault) {
            throw new DockerfileFault(wanted.place(), fault.getMessage(), fault);
        }
    }

    /** What a stage is that a context replaces. */
    Base replaced(NamedContext context, Wanted wanted) throws InterruptedException {
        String key = "stage " + wanted.key();
        Base base = known.get(key);
        if (base == null) {
            base = load(context, wanted, ImageDraft.empty(wanted.platform()));
            known.put(key, base);
        }
        return base;
    }

    /** The paths that are needed of directories are known now. */
    void settle() {
        known.values().forEach(base -> base.files().ifPresent(ContextFiles::settle));
    }

    private static String fullName(Wanted wanted) {
        try {
            return Reference.parse(wanted.image()).toString();
        } catch (Fault refused) {
            throw new DockerfileFault(
                    wanted.place(),
                    "failed to parse stage name \"" + wanted.image() + "\": " + refused.getMessage(),
                    refused);
        }
    }

    private State image(String pinned, Platform platform) {
        return named(pinned, platform, StepNote.plain());
    }

    /** The image of a base as a step with that note. */
    State named(String pinned, Platform platform, StepNote note) {
        SourceId.DockerImage plain = Sources.image(pinned);
        SourceId.DockerImage id = new SourceId.DockerImage(
                plain.reference(), options.resolveMode(), "", plain.layerLimit(), Optional.empty(), List.of());
        return State.source(id, Optional.of(platform), note);
    }
}
