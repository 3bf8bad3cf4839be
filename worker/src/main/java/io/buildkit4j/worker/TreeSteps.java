package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.llb.Op;
import io.buildkit4j.solver.CacheMap;
import io.buildkit4j.solver.InputRule;
import io.buildkit4j.solver.JobContext;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Steps that put trees together without looking into them. */
final class TreeSteps {
    private TreeSteps() {}

    private static List<InputRule<Ref>> byDefinition(int inputs) {
        return Collections.nCopies(inputs, InputRule.byDefinition());
    }

    /** Lays trees over each other. */
    record Merge(Op.Merge op, String name, Store store) implements Step {
        @Override
        public CacheMap<Ref> cacheMap(JobContext<Ref> context, int index) {
            return new KeyParts("merge")
                    .each("layer", op.layers())
                    .last(byDefinition(op.inputs().size()));
        }

        @Override
        public List<Ref> run(JobContext<Ref> context, List<Ref> inputs) throws InterruptedException {
            List<Ref> layers = op.layers().stream().map(inputs::get).toList();
            return List.of(store.merge(layers, RefDescription.regular(name)));
        }
    }

    /** What changes one tree into another. */
    record Diff(Op.Diff op, String name, Store store) implements Step {
        @Override
        public CacheMap<Ref> cacheMap(JobContext<Ref> context, int index) {
            return new KeyParts("diff")
                    .add("lower", op.lower())
                    .add("upper", op.upper())
                    .last(byDefinition(op.inputs().size()));
        }

        @Override
        public List<Ref> run(JobContext<Ref> context, List<Ref> inputs) throws InterruptedException {
            try (Holds scratch = new Holds()) {
                Ref lower = op.lower() == Op.NONE ? scratch.hold(store.scratch()) : inputs.get(op.lower());
                Ref upper = op.upper() == Op.NONE ? scratch.hold(store.scratch()) : inputs.get(op.upper());
                return List.of(store.diff(lower, upper, RefDescription.regular(name)));
            }
        }
    }

    /** Hands inputs on, after all of them are there. */
    record Passthrough(Op.Passthrough op) implements Step {
        @Override
        public CacheMap<Ref> cacheMap(JobContext<Ref> context, int index) {
            return new KeyParts("passthrough")
                    .given("id", op.id())
                    .each("output", op.outputs())
                    .last(byDefinition(op.inputs().size()));
        }

        @Override
        public List<Ref> run(JobContext<Ref> context, List<Ref> inputs) {
            try (Holds shared = new Holds()) {
                List<Ref> outputs = new ArrayList<>();
                for (long output : op.outputs()) {
                    if (output < 0 || output >= inputs.size()) {
                        throw new WorkerFault(
                                Kind.INVALID_ARGUMENT, "passthrough names input " + output + " of " + inputs.size());
                    }
                    outputs.add(shared.hold(inputs.get((int) output).share()));
                }
                shared.release();
                return outputs;
            }
        }
    }
}
