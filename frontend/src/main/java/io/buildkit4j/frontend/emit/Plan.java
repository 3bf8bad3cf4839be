package io.buildkit4j.frontend.emit;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.frontend.DockerfileFault;
import io.buildkit4j.frontend.FrontendOptions;
import io.buildkit4j.frontend.Gateway;
import io.buildkit4j.frontend.Gateway.ImageQuestion;
import io.buildkit4j.frontend.PlatformBuild;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.stage.Stage;
import io.buildkit4j.frontend.stage.Stages;
import io.buildkit4j.frontend.syntax.DockerfileSyntax;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Reference;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.SourceId;
import io.buildkit4j.llb.SourceMap;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The way from a file to the definition of one platform. */
public final class Plan {
    private static final int LOOKUPS = 8;

    private final Inputs inputs;
    private final Platform platform;
    private final Gateway gateway;
    private final Map<String, Base> bases = new HashMap<>();
    private final Map<Integer, StageResult> built = new HashMap<>();
    private final ContextFiles context;
    private final Stages stages;
    private final SourceMap.SourceFile file;
    private Observer observer;

    /** What a plan is made of. The excludes are those of .dockerignore. */
    public record Inputs(
            FrontendOptions options,
            DockerfileSyntax.Parsed parsed,
            String file,
            String text,
            List<String> excludes,
            Map<String, Definition> definitions) {
        /** Copies. */
        public Inputs {
            excludes = List.copyOf(excludes);
            definitions = Map.copyOf(definitions);
        }
    }

    /** A base as it begins: its tree and its configuration. */
    record Base(State state, ImageDraft image) {}

    private record Lookup(String image, Platform platform, DockerfileFault.Place place) {}

    private Plan(Inputs inputs, Platform platform, Gateway gateway, Observer observer) {
        this.inputs = inputs;
        this.observer = observer;
        this.platform = platform;
        this.gateway = gateway;
        Optional<State> given =
                Optional.ofNullable(inputs.definitions().get("context")).map(State::of);
        this.context = new ContextFiles(given, inputs.excludes());
        this.stages = Stages.of(
                inputs.parsed(),
                predefined(inputs.options(), gateway.buildPlatform(), platform),
                inputs.options().buildArgs());
        this.file = new SourceMap.SourceFile(
                inputs.file(),
                ByteBuffer.wrap(inputs.text().getBytes(StandardCharsets.UTF_8)),
                Optional.empty(),
                "Dockerfile");
    }

    /** Describes the build for one platform. */
    public static PlatformBuild describe(Inputs inputs, Platform platform, Gateway gateway, Observer observer)
            throws InterruptedException {
        return new Plan(inputs, platform, gateway, observer).describe();
    }

    /** Goes through all stages, whatever the target needs, for the observer's sake. */
    public static void visit(Inputs inputs, Platform platform, Gateway gateway, Observer observer)
            throws InterruptedException {
        Plan plan = new Plan(inputs, platform, gateway, observer);
        observer.cut(plan.stages);
        SortedSet<Integer> all = new TreeSet<>();
        for (Stage stage : plan.stages.all()) {
            all.add(stage.index());
        }
        plan.resolve(all);
        for (Stage stage : plan.stages.all()) {
            plan.result(stage);
        }
    }

    private PlatformBuild describe() throws InterruptedException {
        observer.cut(stages);
        Stage target = stages.target(inputs.options().target());
        resolve(stages.reachable(target));
        result(target);
        observer = Observer.NOBODY;
        context.settle();
        built.clear();
        StageResult done = result(target);
        ImageDraft image = done.image().copy();
        inputs.options().labels().forEach(image::label);
        return new PlatformBuild(platform, done.state().marshal(), image.json());
    }

    /** Arguments that a file need not declare before its first stage. */
    public static SortedMap<String, String> predefined(FrontendOptions options, Platform own, Platform wanted) {
        SortedMap<String, String> values = new TreeMap<>();
        put(values, "BUILD", own);
        put(values, "TARGET", wanted);
        String stage = options.target();
        values.put("TARGETSTAGE", stage.isEmpty() ? "default" : stage);
        return values;
    }

    private static void put(SortedMap<String, String> values, String prefix, Platform platform) {
        values.put(prefix + "PLATFORM", PlatformNames.format(platform));
        values.put(prefix + "OS", platform.os());
        values.put(prefix + "OSVERSION", platform.osVersion());
        values.put(prefix + "ARCH", platform.architecture());
        values.put(prefix + "VARIANT", platform.variant());
    }

    /** Looks all images up at once that these stages begin with or copy from. */
    private void resolve(SortedSet<Integer> needed) throws InterruptedException {
        Map<String, Lookup> wanted = new LinkedHashMap<>();
        for (int index : needed) {
            Stage stage = stages.all().get(index);
            Platform wants = platform(stage);
            if (stage.parent().isEmpty()) {
                want(wanted, stage.image(), wants, stage.from());
            }
            for (Instruction instruction : stage.instructions()) {
                for (String name : Stages.references(instruction)) {
                    if (!name.contains("$") && stages.find(name, stage.index()).isEmpty()) {
                        want(wanted, name, platform, instruction);
                    }
                }
            }
        }
        List<Lookup> lookups = List.copyOf(wanted.values());
        List<Base> found = TaskScope.map("load metadata", lookups, LOOKUPS, this::lookUp);
        for (int i = 0; i < lookups.size(); i++) {
            bases.put(key(lookups.get(i).image(), lookups.get(i).platform()), found.get(i));
        }
    }

    private static void want(Map<String, Lookup> wanted, String image, Platform platform, Instruction by) {
        wanted.putIfAbsent(
                key(image, platform), new Lookup(image, platform, by.statement().place()));
    }

    private static String key(String image, Platform platform) {
        return image + " " + PlatformNames.format(platform);
    }

    private Platform platform(Stage stage) {
        return stage.from().platform().map(PlatformNames::parse).orElse(platform);
    }

    Base base(String image, Platform wants, DockerfileFault.Place place) throws InterruptedException {
        Base known = bases.get(key(image, wants));
        if (known == null) {
            known = lookUp(new Lookup(image, wants, place));
            bases.put(key(image, wants), known);
        }
        return known;
    }

    private static String fullName(Lookup lookup, String image) {
        try {
            return Reference.parse(image).toString();
        } catch (Fault refused) {
            throw new DockerfileFault(lookup.place(), refused.getMessage(), refused);
        }
    }

    private Base lookUp(Lookup lookup) throws InterruptedException {
        Optional<String> named = Optional.ofNullable(inputs.options().contexts().get(lookup.image()));
        if (named.isPresent() && !named.get().startsWith("docker-image://")) {
            return new Base(namedContext(lookup.image(), named.get()), ImageDraft.scratch(lookup.platform()));
        }
        if (lookup.image().equals("scratch")) {
            return new Base(State.scratch().platform(lookup.platform()), ImageDraft.scratch(lookup.platform()));
        }
        String image =
                named.map(text -> text.substring("docker-image://".length())).orElse(lookup.image());
        String full = fullName(lookup, image);
        try {
            Gateway.ResolvedImage found = gateway.resolveImage(new ImageQuestion(
                    full, lookup.platform(), inputs.options().resolveMode(), "[internal] load metadata for " + full));
            String pinned = full.contains("@") ? full : full + "@" + found.digest();
            return new Base(image(pinned, lookup.platform(), ""), ImageDraft.of(found.config(), full));
        } catch (Fault fault) {
            throw new DockerfileFault(
                    lookup.place(),
                    lookup.image() + ": failed to resolve source metadata for " + full + ": " + fault.getMessage(),
                    fault);
        }
    }

    private State namedContext(String name, String text) {
        if (text.startsWith("local:")) {
            return Sources.state(Sources.local(text.substring("local:".length())));
        }
        if (text.startsWith("input:")) {
            Definition input = inputs.definitions().get(text.substring("input:".length()));
            if (input != null) {
                return State.of(input);
            }
        }
        if (text.endsWith(".git") || text.startsWith("git://") || text.contains(".git#")) {
            int hash = text.indexOf('#');
            return Sources.state(
                    hash < 0
                            ? Sources.git(text, "", false)
                            : Sources.git(text.substring(0, hash), text.substring(hash + 1), false));
        }
        throw new io.buildkit4j.frontend.FrontendFault(
                io.buildkit4j.footing.Kind.INVALID_ARGUMENT,
                "unsupported context source " + text + " for " + name
                        + ": use docker-image://, local:, input: or a git address");
    }

    State image(String pinned, Platform wants, String name) {
        StepNote note = name.isEmpty() ? StepNote.plain() : StepNote.named(name);
        SourceId.DockerImage plain = Sources.image(pinned);
        SourceId.DockerImage id = new SourceId.DockerImage(
                plain.reference(),
                inputs.options().resolveMode(),
                "",
                plain.layerLimit(),
                Optional.<Digest>empty(),
                List.of());
        return State.source(id, Optional.of(wants), note);
    }

    /** Emits a stage once. */
    StageResult result(Stage stage) throws InterruptedException {
        StageResult known = built.get(stage.index());
        if (known == null) {
            known = new StageEmitter(this, expandTriggers(stage)).emit();
            built.put(stage.index(), known);
        }
        return known;
    }

    /** ONBUILD instructions of the base run first, and are no longer in the image. */
    private Stage expandTriggers(Stage stage) throws InterruptedException {
        ImageDraft image = stage.parent().isPresent()
                ? result(stages.all().get(stage.parent().get())).image()
                : base(stage.image(), platform(stage), stage.from().statement().place())
                        .image();
        List<Instruction> instructions = new ArrayList<>();
        for (String trigger : image.texts("OnBuild")) {
            instructions.add(io.buildkit4j.frontend.instruction.InstructionReader.read(
                    DockerfileSyntax.parseOne(trigger, stage.from().statement().place())));
        }
        instructions.addAll(stage.instructions());
        return stage.with(instructions);
    }

    Base start(Stage stage) throws InterruptedException {
        if (stage.parent().isPresent()) {
            StageResult parent = result(stages.all().get(stage.parent().get()));
            return new Base(parent.state(), parent.image().copy());
        }
        Platform wants = platform(stage);
        Base base = base(stage.image(), wants, stage.from().statement().place());
        base.image().platform().ifPresent(made -> observer.founded(stage, wants, made));
        return new Base(base.state(), base.image().copy());
    }

    /** The tree that a name stands for: stage, number, named context or image. */
    State from(String name, int before, DockerfileFault.Place place) throws InterruptedException {
        Optional<Stage> stage = stages.find(name, before);
        if (stage.isPresent()) {
            return result(stage.get()).state();
        }
        if (name.matches("\\d+")) {
            throw new DockerfileFault(place, "invalid from flag value " + name + ": no such stage", null);
        }
        return base(name, platform, place).state();
    }

    StepNote.WrittenAt written(DockerfileFault.Place place) {
        return new StepNote.WrittenAt(file, SourceMap.Range.lines(place.first(), place.last()));
    }

    Inputs inputs() {
        return inputs;
    }

    Stages stages() {
        return stages;
    }

    ContextFiles context() {
        return context;
    }

    Observer observer() {
        return observer;
    }

    Platform target() {
        return platform;
    }
}
