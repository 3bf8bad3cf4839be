package io.buildkit4j.frontend.emit;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.DockerfileFault;
import io.buildkit4j.frontend.FrontendFault;
import io.buildkit4j.frontend.Gateway;
import io.buildkit4j.frontend.context.GitAddress;
import io.buildkit4j.frontend.context.NamedContexts;
import io.buildkit4j.frontend.context.NamedContexts.Content;
import io.buildkit4j.frontend.context.NamedContexts.NamedContext;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.stage.Stage;
import io.buildkit4j.frontend.stage.Stages;
import io.buildkit4j.frontend.stage.Substitution;
import io.buildkit4j.image.Digest;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.SourceId;
import io.buildkit4j.llb.Sources;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The time that everything made is to bear: argument {@code SOURCE_DATE_EPOCH}, in seconds since 1970, or the name of what
 * was made then: {@code context}, a named context, or a stage that does nothing but ADD one remote source to the empty tree.
 *
 * @param said whether anybody said anything
 */
record Epoch(boolean said, Optional<Instant> instant) {
    private static final String NAME = "SOURCE_DATE_EPOCH";

    static Epoch find(Plan.Inputs inputs, Stages stages, Gateway gateway) throws InterruptedException {
        Optional<String> text = Optional.ofNullable(inputs.options().buildArgs().get(NAME))
                .or(() -> Optional.ofNullable(stages.globals().get(NAME)).filter(value -> !value.isEmpty()));
        if (text.isEmpty() || text.get().isEmpty()) {
            return new Epoch(text.isPresent(), Optional.empty());
        }
        if (text.get().matches("[-+]?\\d{1,18}")) {
            try {
                return new Epoch(true, Optional.of(Instant.ofEpochSecond(Long.parseLong(text.get()))));
            } catch (DateTimeException far) {
                throw new FrontendFault(Kind.INVALID_ARGUMENT, "invalid " + NAME + ": " + text.get(), far);
            }
        }
        Optional<SourceId> source = source(text.get(), inputs, stages, gateway);
        return new Epoch(true, source.isEmpty() ? Optional.empty() : gateway.modified(source.get()));
    }

    /** Arguments in which the time is a number. */
    SortedMap<String, String> replaced(SortedMap<String, String> arguments) {
        SortedMap<String, String> others = new TreeMap<>(arguments);
        if (said && others.containsKey(NAME)) {
            settle(others);
        }
        return others;
    }

    /** Makes the time a number among values that have it. */
    void settle(Map<String, String> values) {
        if (said && values.containsKey(NAME)) {
            instant.ifPresentOrElse(
                    time -> values.put(NAME, Long.toString(time.getEpochSecond())), () -> values.remove(NAME));
        }
    }

    private static Optional<SourceId> source(String name, Plan.Inputs inputs, Stages stages, Gateway gateway)
            throws InterruptedException {
        if (name.equals("context")) {
            return Optional.ofNullable(inputs.definitions().get("context")).flatMap(Epoch::only);
        }
        NamedContexts contexts = new NamedContexts(inputs.options(), inputs.definitions(), gateway);
        Optional<NamedContext> context = contexts.find(name, gateway.buildPlatform());
        if (context.isPresent()) {
            return switch (contexts.load(context.get(), gateway.buildPlatform())) {
                case Content.Tree tree -> only(tree.state().marshal());
                case Content.Directory _ -> Optional.empty();
            };
        }
        Stage stage = stages.named(name)
                .orElseThrow(() -> new FrontendFault(
                        Kind.INVALID_ARGUMENT,
                        "invalid " + NAME + ": " + name
                                + ": want seconds since 1970, context, or the name of a context or stage"));
        try {
            return Optional.of(new Remote(stage, inputs, stages).source());
        } catch (DockerfileFault placed) {
            throw placed;
        } catch (Fault wrong) {
            throw new DockerfileFault(stage.from().statement().place(), wrong.getMessage(), wrong);
        }
    }

    /** The only source of a definition. */
    private static Optional<SourceId> only(Definition definition) {
        List<SourceId> sources = definition.isScratch()
                ? List.of()
                : definition.steps().stream()
                        .filter(step -> step.op() instanceof Op.Source)
                        .map(step -> ((Op.Source) step.op()).id())
                        .toList();
        return sources.size() == 1 ? Optional.of(sources.getFirst()) : Optional.empty();
    }

    /** A stage that names a remote source. */
    private record Remote(Stage stage, Plan.Inputs inputs, Stages stages) {
        SourceId source() {
            if (!stage.image().equals("scratch")) {
                throw Plan.wrong(NAME + " stage must use FROM scratch");
            }
            Map<String, String> values = new TreeMap<>(stages.globals());
            values.remove(NAME);
            Optional<SourceId> found = Optional.empty();
            for (Instruction instruction : stage.instructions()) {
                if (instruction instanceof Instruction.Arg arg) {
                    declare(arg, values);
                } else if (instruction instanceof Instruction.Add add && found.isEmpty()) {
                    found = Optional.of(added(add, values));
                } else {
                    throw instruction
                            .statement()
                            .blame(
                                    instruction instanceof Instruction.Add
                                            ? NAME + " stage must contain exactly one remote ADD"
                                            : NAME + " stage does not meet source-only requirements: unsupported "
                                                    + instruction.statement().keyword() + " instruction");
                }
            }
            return found.orElseThrow(() -> Plan.wrong(NAME + " stage must contain exactly one remote ADD"));
        }

        private Substitution with(Map<String, String> values) {
            return new Substitution(values, inputs.parsed().escape(), stages.allowance());
        }

        private void declare(Instruction.Arg arg, Map<String, String> values) {
            for (Instruction.Argument argument : arg.arguments()) {
                String given = inputs.options().buildArgs().get(argument.name());
                if (given != null) {
                    values.put(argument.name(), given);
                } else {
                    argument.value()
                            .ifPresent(text ->
                                    values.put(argument.name(), with(values).word(text)));
                }
            }
        }

        private SourceId added(Instruction.Add add, Map<String, String> values) {
            if (add.transfer().sources().size() != 1
                    || !add.transfer().heredocs().isEmpty()) {
                throw add.statement().blame(NAME + " stage must contain exactly one remote ADD source");
            }
            String address = with(values).word(add.transfer().sources().getFirst());
            String checksum = with(values).word(add.fetched().checksum());
            Optional<GitAddress> git = GitAddress.parse(address).filter(parsed -> !parsed.local());
            if (git.isPresent()) {
                return git.get()
                        .with(add.fetched().keepGitDirectory(), checksum)
                        .source();
            }
            if (!Remotes.isHttp(address)) {
                throw add.statement().blame(NAME + " stage source must be a single HTTP(S) or Git ADD");
            }
            return Sources.http(
                    address,
                    checksum.isEmpty() ? Optional.empty() : Optional.of(Digest.parse(checksum)),
                    Remotes.fileName(address));
        }
    }
}
