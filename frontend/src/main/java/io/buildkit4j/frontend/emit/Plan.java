package io.buildkit4j.frontend.emit;

import io.buildkit4j.frontend.DockerfileFault;
import io.buildkit4j.frontend.FrontendFault;
import io.buildkit4j.frontend.FrontendOptions;
import io.buildkit4j.frontend.Gateway;
import io.buildkit4j.frontend.PlatformBuild;
import io.buildkit4j.frontend.context.NamedContexts.NamedContext;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.instruction.InstructionReader;
import io.buildkit4j.frontend.stage.Stage;
import io.buildkit4j.frontend.stage.Stages;
import io.buildkit4j.frontend.syntax.DockerfileSyntax;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.ExecMeta;
import io.buildkit4j.llb.SourceMap;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/** The way from a file to the definition of one platform. */
public final class Plan {
    private final Inputs inputs;
    private final Platform platform;
    private final Bases bases;
    private final Map<Integer, StageResult> built = new HashMap<>();
    /** How many stages go on from each, needed or not: the last takes what is said, and copies nothing. */
    private final Map<Integer, Integer> heirs = new HashMap<>();

    private final Map<Integer, Optional<NamedContext>> replacements = new HashMap<>();
    private final Optional<Definition> givenContext;
    private final ContextFiles context;
    private final Stages stages;
    private final boolean labelled;
    private final SortedMap<String, String> arguments;
    private final Optional<Instant> epoch;
    private final SourceMap.SourceFile file;
    private Observer observer;

    /** What a plan is made of. The excludes are those of .dockerignore; a definition named context stands for the directory. */
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

    private Plan(Inputs inputs, Platform platform, Gateway gateway, Observer observer) throws InterruptedException {
        this.inputs = inputs;
        this.observer = observer;
        this.platform = platform;
        this.bases = new Bases(inputs, gateway, platform);
        this.givenContext = Optional.ofNullable(inputs.definitions().get("context"));
        this.context = new ContextFiles("context", "context", "[internal] load build context", inputs.excludes());
        SortedMap<String, String> given = new TreeMap<>(inputs.options().buildArgs());
        SortedMap<String, String> predefined = predefined(inputs.options(), gateway.buildPlatform(), platform);
        Stages first = Stages.of(inputs.parsed(), predefined, given);
        Epoch time = Epoch.find(inputs, first, gateway);
        this.epoch = time.instant();
        this.arguments = time.replaced(given);
        this.stages = first;
        bases.know(first.names());
        time.settle(first.globals());
        nameTarget();
        this.labelled = isLabelled();
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

    /**
     * Goes through all stages, whatever the target needs, for the observer's sake.
     *
     * @return what is wrong with the first of the stages that something is wrong with
     */
    public static Optional<FrontendFault> visit(Inputs inputs, Platform platform, Gateway gateway, Observer observer)
            throws InterruptedException {
        Plan plan = new Plan(inputs, platform, gateway, observer);
        observer.cut(plan.stages);
        plan.countHeirs();
        plan.heirs.replaceAll((_, count) -> count + 1); // what fails midway is begun again, so that nothing is taken
        Optional<FrontendFault> first = Optional.empty();
        for (Stage stage : plan.stages.all()) {
            try {
                plan.resolve(plan.stages.reachable(
                        stage, other -> plan.replacement(other).isPresent()));
                plan.result(stage);
            } catch (FrontendFault wrong) {
                first = first.or(() -> Optional.of(wrong));
            }
        }
        return first;
    }

    private PlatformBuild describe() throws InterruptedException {
        observer.cut(stages);
        Stage target = stages.target(inputs.options().target());
        SortedSet<Integer> needed =
                stages.reachable(target, stage -> replacement(stage).isPresent());
        resolve(needed);
        results(needed, target);
        observer = Observer.NOBODY;
        context.settle();
        bases.settle();
        StageResult done = results(needed, target);
        ImageDraft image = done.image().copy();
        inputs.options().labels().forEach(image::label);
        if (!inputs.options().platforms().isEmpty()) {
            image.platform(platform);
        }
        return new PlatformBuild(platform, tree(done).marshal(), image.json(), epoch);
    }

    /** Emits these in their order, for each needs only earlier ones. */
    private StageResult results(SortedSet<Integer> needed, Stage target) throws InterruptedException {
        built.clear();
        countHeirs();
        heirs.merge(target.index(), 1, Integer::sum);
        for (int index : needed) {
            result(stages.all().get(index));
        }
        return result(target);
    }

    private void countHeirs() {
        heirs.clear();
        for (Stage stage : stages.all()) {
            stage.parent().ifPresent(parent -> heirs.merge(parent, 1, Integer::sum));
        }
    }

    private static State tree(StageResult done) {
        return done.files().map(files -> files.need("")).orElse(done.state());
    }

    /** Arguments that a file need not declare before its first stage. */
    public static SortedMap<String, String> predefined(FrontendOptions options, Platform own, Platform wanted) {
        SortedMap<String, String> values = new TreeMap<>();
        put(values, "BUILD", own);
        put(values, "TARGET", wanted);
        String stage = options.target();
        values.put("TARGETSTAGE", stage.isEmpty() ? "default" : stage);
        values.replaceAll((name, value) -> options.buildArgs().getOrDefault(name, value));
        return values;
    }

    /** What is built when nobody says what is the last stage, by its name. */
    private void nameTarget() {
        boolean said = !inputs.options().target().isEmpty() || arguments.containsKey("TARGETSTAGE");
        if (!said) {
            stages.all().getLast().name().ifPresent(name -> stages.globals().put("TARGETSTAGE", name));
        }
    }

    private static void put(SortedMap<String, String> values, String prefix, Platform platform) {
        String version = platform.osVersion().isEmpty() ? "" : "(" + platform.osVersion() + ")";
        String full = platform.toString();
        values.put(
                prefix + "PLATFORM",
                platform.os() + version + full.substring(platform.os().length()));
        values.put(prefix + "OS", platform.os());
        values.put(prefix + "OSVERSION", platform.osVersion());
        values.put(prefix + "ARCH", platform.architecture());
        values.put(prefix + "VARIANT", platform.variant());
    }

    /** Stages are told apart by name where there are several trees, be some of them images. */
    private boolean isLabelled() {
        return stages.all().size() > 1
                || stages.all().getFirst().instructions().stream()
                        .anyMatch(instruction -> instruction instanceof Instruction.Run run
                                ? !run.mounts().isEmpty()
                                : !Stages.references(instruction).isEmpty());
    }

    private Optional<NamedContext> replacement(Stage stage) {
        return replacements.computeIfAbsent(
                stage.index(), _ -> stage.name().flatMap(name -> bases.replacement(name, wanted(stage))));
    }

    /** Looks all images up at once that these stages begin with or copy from. */
    private void resolve(SortedSet<Integer> needed) throws InterruptedException {
        List<Bases.Wanted> wanted = new ArrayList<>();
        for (int index : needed) {
            Stage stage = stages.all().get(index);
            if (replacement(stage).isPresent()) {
                continue;
            }
            if (stage.parent().isEmpty()) {
                wanted.add(base(stage));
            }
            for (Instruction instruction : stage.instructions()) {
                for (String name : Stages.references(instruction)) {
                    if (!name.contains("$")
                            && !name.matches("\\d+")
                            && stages.named(name).isEmpty()) {
                        wanted.add(new Bases.Wanted(
                                name, platform, instruction.statement().place()));
                    }
                }
            }
        }
        bases.resolve(wanted);
    }

    private Bases.Wanted base(Stage stage) {
        return new Bases.Wanted(
                stage.image(), wanted(stage), stage.from().statement().place());
    }

    private Platform wanted(Stage stage) {
        return stage.from().platform().map(Platform::parse).orElse(platform);
    }

    /** Emits a stage once. */
    StageResult result(Stage stage) throws InterruptedException {
        StageResult known = built.get(stage.index());
        if (known == null) {
            Optional<NamedContext> replacement = replacement(stage);
            known = replacement.isPresent() ? replaced(stage, replacement.get()) : emitted(stage);
            built.put(stage.index(), heirs.containsKey(stage.index()) ? known : known.withoutTalk());
        }
        return known;
    }

    private StageResult replaced(Stage stage, NamedContext context) throws InterruptedException {
        Bases.Base base = bases.replaced(context, base(stage));
        return StageResult.begun(surrounded(base.state()), base.image().copy(), base.platform(), base.files());
    }

    /** With what options say to every process. */
    State surrounded(State state) {
        State with = state;
        for (ExecMeta.HostAddress host : inputs.options().extraHosts()) {
            with = with.addHost(host.host(), host.address());
        }
        for (ExecMeta.Ulimit limit : inputs.options().ulimits()) {
            with = with.addUlimit(limit);
        }
        return with;
    }

    /** ONBUILD instructions of the base run first, and are no longer in the image. */
    private StageResult emitted(Stage stage) throws InterruptedException {
        Start start = start(stage);
        List<Instruction> instructions = new ArrayList<>();
        for (String trigger : start.image().texts("OnBuild")) {
            instructions.add(InstructionReader.read(
                    DockerfileSyntax.parseOne(trigger, stage.from().statement().place()), '\\'));
        }
        int triggers = instructions.size();
        instructions.addAll(stage.instructions());
        return new StageEmitter(this, stage.with(instructions), start, triggers).emit();
    }

    /**
     * Where a stage begins. It goes on with the draft, the arguments and the values.
     *
     * @param pinned the image that it begins with by its digest; empty where it begins with something else
     */
    record Start(
            State state,
            ImageDraft image,
            Platform platform,
            String pinned,
            List<String> arguments,
            Map<String, String> values,
            boolean settled) {}

    private Start start(Stage stage) throws InterruptedException {
        if (stage.parent().isPresent()) {
            int index = stage.parent().get();
            StageResult parent = result(stages.all().get(index));
            boolean last = heirs.merge(index, -1, Integer::sum) == 0;
            if (last) {
                built.put(index, parent.withoutTalk());
            }
            StageResult own = last ? parent : parent.copy();
            return new Start(
                    tree(parent), own.image(), own.platform(), "", own.arguments(), own.values(), own.settled());
        }
        Bases.Base base = bases.base(base(stage));
        if (!base.pinned().isEmpty()) {
            base.image().platform().ifPresent(made -> observer.founded(stage, base.platform(), made));
        }
        return new Start(
                surrounded(base.at("")),
                base.image().copy(),
                base.platform(),
                base.pinned(),
                new ArrayList<>(),
                new LinkedHashMap<>(),
                false);
    }

    /**
     * The tree that a name stands for: stage, number, named context or image.
     *
     * @param path what of it is needed
     */
    State from(String name, Stage by, DockerfileFault.Place place, String path) throws InterruptedException {
        Optional<Stage> stage = stages.find(name, by.index());
        if (stage.isPresent()) {
            StageResult result = result(stage.get());
            return result.files().map(files -> files.need(path)).orElse(result.state());
        }
        Optional<Stage> later = stages.find(name, stages.all().size());
        if (later.isPresent()) {
            throw new DockerfileFault(
                    place,
                    later.get().index() == by.index()
                            ? "circular dependency detected on stage: " + by.label()
                            : "cannot copy from stage \"" + name + "\", it needs to be defined before current stage \""
                                    + by.label() + "\"",
                    null);
        }
        if (name.matches("\\d+")) {
            throw new DockerfileFault(place, "invalid stage index " + name, null);
        }
        return bases.base(new Bases.Wanted(name, platform, place)).at(path);
    }

    /** What COPY reads, of which that path is needed. */
    State context(String path) {
        return givenContext.map(State::of).orElseGet(() -> context.need(path));
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

    Bases bases() {
        return bases;
    }

    /** Values of build arguments, a named time of sources settled. */
    SortedMap<String, String> arguments() {
        return arguments;
    }

    Optional<Instant> epoch() {
        return epoch;
    }

    boolean isLabelledStage() {
        return labelled;
    }

    Observer observer() {
        return observer;
    }

    Platform target() {
        return platform;
    }

    static FrontendFault wrong(String message) {
        return new FrontendFault(io.buildkit4j.footing.Kind.INVALID_ARGUMENT, message);
    }
}
