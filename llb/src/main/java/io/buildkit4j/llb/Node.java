package io.buildkit4j.llb;

import java.util.List;

/** A step that was written down: its bytes, what it uses, what is said about it. */
record Node(Definition.Entry entry, List<Node> inputs, StepNote note) {
    static Node of(Op op, List<Output> inputs, StepNote note) {
        return new Node(
                Definition.Entry.of(op), inputs.stream().map(Output::node).toList(), note);
    }

    /** One result of a step. */
    record Output(Node node, int index) {
        OpInput input() {
            return new OpInput(node.entry.digest(), index);
        }
    }
}
