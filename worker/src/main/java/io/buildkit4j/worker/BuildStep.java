package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.llb.Attribute;
import io.buildkit4j.llb.Capabilities;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.Op;
import io.buildkit4j.solver.CacheMap;
import io.buildkit4j.solver.Edge;
import io.buildkit4j.solver.InputRule;
import io.buildkit4j.solver.JobContext;
import io.buildkit4j.store.ContentQuery;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Builds a definition that an earlier step wrote to a file. */
record BuildStep(Op.Build op, Store store, Function<Definition, Optional<Edge<Ref>>> loader) implements Step {
    /** The input's name and, where nobody names another, the file's. */
    private static final String DEFINITION = "buildkit.llb.definition";

    private static final long LARGEST = 256L << 20;

    private String file() {
        return op.attributes().stream()
                .filter(attribute -> attribute.key().equals("llbbuild.filename"))
                .map(Attribute::value)
                .findFirst()
                .orElse(DEFINITION);
    }

    private int input() {
        if (op.builder() != Op.NONE) {
            throw new WorkerFault(Kind.UNIMPLEMENTED, "a nested build by another builder than LLB is not supported");
        }
        return op.buildInputs().stream()
                .filter(input -> input.name().equals(DEFINITION))
                .findFirst()
                .orElseThrow(
                        () -> new WorkerFault(Kind.INVALID_ARGUMENT, "a nested build has no input named " + DEFINITION))
                .input();
    }

    @Override
    public CacheMap<Ref> cacheMap(JobContext<Ref> context, int index) {
        int definition = input();
        ContentQuery query = new ContentQuery("/" + file(), true, false, List.of(), List.of());
        List<InputRule<Ref>> rules = new ArrayList<>();
        for (int i = 0; i < op.inputs().size(); i++) {
            rules.add(
                    i == definition
                            ? new InputRule<>(file(), ContentDigests.of(List.of(query)), false)
                            : InputRule.byDefinition());
        }
        return new KeyParts("build").add("file", file()).last(rules);
    }

    @Override
    public List<Ref> run(JobContext<Ref> context, List<Ref> inputs) throws InterruptedException {
        Definition definition = Definition.decode(read(inputs.get(input())));
        Capabilities.check(definition);
        Optional<Edge<Ref>> edge = loader.apply(definition);
        return List.of(edge.isPresent() ? context.build(edge.get()) : store.scratch());
    }

    private byte[] read(Ref input) throws InterruptedException {
        TreeReader tree = input.tree();
        TreeEntry entry = tree.find("/" + file(), true)
                .filter(found -> found.isFile() && found.size() <= LARGEST)
                .orElseThrow(() -> new WorkerFault(
                        Kind.NOT_FOUND, "a nested build finds no definition: the file " + file() + " is not there"));
        try (InputStream in = tree.open(entry)) {
            return in.readAllBytes();
        } catch (IOException failed) {
            throw new WorkerFault(Kind.INTERNAL, "cannot read " + file() + ": " + failed.getMessage(), failed);
        }
    }
}
