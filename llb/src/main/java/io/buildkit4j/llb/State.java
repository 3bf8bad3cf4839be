package io.buildkit4j.llb;

import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Node.Output;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A tree that will be built, and what processes run on it will see. Immutable: every method answers another state, so that
 * a state can be the start of many.
 */
public final class State {
    private static final State SCRATCH = new State(Optional.empty(), Surroundings.NONE);

    private final Optional<Output> output;
    private final Surroundings around;

    State(Optional<Output> output, Surroundings around) {
        this.output = output;
        this.around = around;
    }

    /** The empty tree. */
    public static State scratch() {
        return SCRATCH;
    }

    /** What a source brings. The platform is part of it only for images. */
    public static State source(SourceId id, Optional<Platform> platform, StepNote note) {
        OpFrame frame = new OpFrame(List.of(), platform, Optional.empty());
        Node node = Node.of(new Op.Source(frame, id), List.of(), note);
        State made = new State(Optional.of(new Output(node, 0)), Surroundings.NONE);
        return platform.map(made::platform).orElse(made);
    }

    /** Trees laid over each other, the last on top; fewer than two that are not empty are taken as they are. */
    public static State merge(List<State> layers, StepNote note) {
        List<State> full =
                layers.stream().filter(state -> state.output.isPresent()).toList();
        if (full.size() < 2) {
            return full.isEmpty() ? SCRATCH : full.getFirst();
        }
        InputList inputs = new InputList();
        List<Integer> indexes = full.stream().map(inputs::add).toList();
        Op.Merge op = new Op.Merge(OpFrame.of(inputs.inputs()), indexes);
        return layers.getFirst().at(Node.of(op, inputs.outputs(), note), 0);
    }

    /** What makes the upper tree of the lower one. */
    public static State diff(State lower, State upper, StepNote note) {
        if (lower.output.isEmpty()) {
            return upper;
        }
        InputList inputs = new InputList();
        int below = inputs.add(lower);
        int above = inputs.add(upper);
        Op.Diff op = new Op.Diff(OpFrame.of(inputs.inputs()), below, above);
        return upper.at(Node.of(op, inputs.outputs(), note), 0);
    }

    /** A definition's result as the start of states. */
    public static State of(Definition definition) {
        if (definition.isScratch()) {
            return SCRATCH;
        }
        return new State(Optional.of(Graphs.output(definition)), Surroundings.NONE);
    }

    /** Changes of files, in order, as one step. */
    public State file(FileSteps steps, StepNote note) {
        return steps.apply(this, note);
    }

    /** A process on this tree. */
    public Execution run(Run run, StepNote note) {
        return run.apply(this, note);
    }

    /** What the definition says that lies at this path of the tree when the build gets here: a build in the build. */
    public State built(String definition, StepNote note) {
        InputList inputs = new InputList();
        Op.BuildInput written = new Op.BuildInput("buildkit.llb.definition", inputs.add(this));
        Attribute file = new Attribute("llbbuild.filename", definition);
        OpFrame frame = OpFrame.of(inputs.inputs());
        Op.Build op = new Op.Build(frame, Op.NONE, List.of(written), Optional.empty(), List.of(file));
        return at(Node.of(op, inputs.outputs(), note), 0);
    }

    /** With a variable set. */
    public State addEnvironment(String name, String value) {
        return new State(output, around.withVariable(name, value));
    }

    /** With these variables, in their order, and no others. */
    public State environment(Map<String, String> variables) {
        return new State(output, around.withVariables(variables));
    }

    /** With another working directory; a relative one starts at the present one. */
    public State directory(String directory) {
        return new State(output, around.withDirectory(directory));
    }

    /** With another user: name or number, {@code :group} where wanted. */
    public State user(String user) {
        return new State(output, around.withUser(user));
    }

    /** With another name of the machine. */
    public State hostname(String hostname) {
        return new State(output, around.withHostname(hostname));
    }

    /** With one more line in the hosts file. */
    public State addHost(String host, String address) {
        return new State(output, around.withHost(new ExecMeta.HostAddress(host, address)));
    }

    /** With one more resource limit. */
    public State addUlimit(ExecMeta.Ulimit limit) {
        return new State(output, around.withUlimit(limit));
    }

    /** For another platform. */
    public State platform(Platform platform) {
        return new State(output, around.withPlatform(platform));
    }

    /** For workers that pass one more filter. */
    public State constrained(String filter) {
        return new State(output, around.withConstraint(filter));
    }

    /** Whether it is the empty tree. */
    public boolean isScratch() {
        return output.isEmpty();
    }

    /** The value of a variable, as set last. */
    public Optional<String> environment(String name) {
        return around.environment().stream()
                .filter(variable -> variable.startsWith(name + "="))
                .map(variable -> variable.substring(name.length() + 1))
                .findFirst();
    }

    /** The absolute working directory. */
    public String directory() {
        return around.directory();
    }

    /** The definition of this tree: only what it needs, each op once and after its inputs. */
    public Definition marshal() {
        return output.map(Graphs::marshal).orElse(Definition.scratch());
    }

    Optional<Output> output() {
        return output;
    }

    Surroundings around() {
        return around;
    }

    State at(Node node, int index) {
        return new State(Optional.of(new Output(node, index)), around);
    }

    /** The inputs of an op that is being written down: each output once. */
    static final class InputList {
        private final List<Output> outputs = new ArrayList<>();
        private final Map<OpInput, Integer> places = new HashMap<>();
        private final List<OpInput> inputs = new ArrayList<>();

        int add(State state) {
            if (state.output.isEmpty()) {
                return Op.NONE;
            }
            OpInput input = state.output.get().input();
            Integer known = places.putIfAbsent(input, inputs.size());
            if (known != null) {
                return known;
            }
            inputs.add(input);
            outputs.add(state.output.get());
            return inputs.size() - 1;
        }

        List<OpInput> inputs() {
            return inputs;
        }

        List<Output> outputs() {
            return outputs;
        }
    }
}
