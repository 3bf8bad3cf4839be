package io.buildkit4j.worker.file;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.llb.FileAction;
import io.buildkit4j.llb.Op;
import io.buildkit4j.store.ContentQuery;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.worker.WorkerFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs a file op. Actions that follow each other without a result between them share one snapshot. Nothing is mounted, and
 * nothing is left behind when it fails or is interrupted.
 */
public final class FileOperation {
    private final Op.File op;
    private final Store store;
    private final String description;
    private final int inputCount;

    /**
     * The op and where its results go.
     *
     * @param description what records of the results say of themselves
     */
    public FileOperation(Op.File op, Store store, String description) {
        this.op = op;
        this.store = store;
        this.description = description;
        inputCount = op.inputs().size();
    }

    /**
     * What of each input counts for the content key: the parts that are copied from it. Empty for an input that is changed
     * or that names are looked up in, which counts by its definition only.
     */
    public static List<Optional<List<ContentQuery>>> contentQueries(Op.File op) {
        int inputs = op.inputs().size();
        List<List<ContentQuery>> queries = new ArrayList<>(inputs);
        boolean[] whole = new boolean[inputs];
        for (int i = 0; i < inputs; i++) {
            queries.add(new ArrayList<>());
        }
        for (FileAction action : op.actions()) {
            mark(whole, action.frame().input());
            Ownership.inputs(action).forEach(input -> mark(whole, input));
            int from = action.frame().secondaryInput();
            if (!(action instanceof FileAction.Copy copy)) {
                mark(whole, from);
            } else if (from >= 0 && from < inputs) {
                queries.get(from).add(query(copy));
            }
        }
        List<Optional<List<ContentQuery>>> answers = new ArrayList<>(inputs);
        for (int i = 0; i < inputs; i++) {
            boolean none = whole[i] || queries.get(i).isEmpty();
            answers.add(none ? Optional.empty() : Optional.of(List.copyOf(queries.get(i))));
        }
        return answers;
    }

    private static void mark(boolean[] whole, int input) {
        if (input >= 0 && input < whole.length) {
            whole[input] = true;
        }
    }

    private static ContentQuery query(FileAction.Copy copy) {
        return new ContentQuery(
                Paths.clean(copy.source()),
                copy.traits().followSymlink(),
                copy.traits().allowWildcard(),
                copy.include(),
                copy.exclude());
    }

    /**
     * Runs all actions.
     *
     * @param inputs stay the caller's
     * @return the op's outputs, to be closed by the caller
     * @throws WorkerFault NOT_FOUND as {@code "/path": not found}, and others that name the path
     */
    public List<Ref> run(List<Ref> inputs) throws InterruptedException {
        List<Result> results = new ArrayList<>();
        try {
            for (int i = 0; i < op.actions().size(); i++) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("file operation was given up");
                }
                FileAction action = op.actions().get(i);
                Result result = begin(action.frame().input(), inputs, results);
                results.add(result);
                new ActionRun(result.active().tree(), input -> tree(input, inputs, results)).run(action);
            }
            return outputs(results);
        } finally {
            results.forEach(Result::close);
        }
    }

    /** Where the action writes: on in the snapshot of an earlier one where nobody else wants that one's result. */
    private Result begin(int input, List<Ref> inputs, List<Result> results) throws InterruptedException {
        RefDescription record = RefDescription.regular(description);
        if (input >= inputCount) {
            Result earlier = result(input, results);
            int users = users(input);
            boolean kept = op.actions().get(input - inputCount).frame().output() >= 0;
            if (users == 1 && !kept && earlier.isActive()) {
                return earlier.handOver();
            }
            return Result.of(store.begin(earlier.committed(), record));
        }
        if (input >= 0) {
            return Result.of(store.begin(inputs.get(input), record));
        }
        try (Ref scratch = store.scratch()) {
            return Result.of(store.begin(scratch, record));
        }
    }

    private int users(int input) {
        int users = 0;
        for (FileAction action : op.actions()) {
            users += action.frame().input() == input ? 1 : 0;
            users += action.frame().secondaryInput() == input ? 1 : 0;
            users += (int)
                    Ownership.inputs(action).stream().filter(of -> of == input).count();
        }
        return users;
    }

    private Result result(int input, List<Result> results) {
        int action = input - inputCount;
        if (action < 0 || action >= results.size()) {
            throw new WorkerFault(Kind.INVALID_ARGUMENT, "file action refers to input " + input + " before it is made");
        }
        return results.get(action);
    }

    private TreeReader tree(int input, List<Ref> inputs, List<Result> results) throws InterruptedException {
        if (input >= inputCount) {
            return result(input, results).committed().tree();
        }
        if (input >= 0) {
            return inputs.get(input).tree();
        }
        try (Ref scratch = store.scratch()) {
            return scratch.tree();
        }
    }

    private List<Ref> outputs(List<Result> results) throws InterruptedException {
        int count = 0;
        for (FileAction action : op.actions()) {
            count = Math.max(count, action.frame().output() + 1);
        }
        List<Ref> outputs = new ArrayList<>();
        try {
            for (int output = 0; output < count; output++) {
                outputs.add(output(output, results).committed().share());
            }
            return outputs;
        } catch (RuntimeException | InterruptedException failed) {
            outputs.forEach(Ref::close);
            throw failed;
        }
    }

    private Result output(int output, List<Result> results) {
        for (int i = 0; i < results.size(); i++) {
            if (op.actions().get(i).frame().output() == output) {
                return results.get(i);
            }
        }
        throw new WorkerFault(Kind.INVALID_ARGUMENT, "file op has no action for its output " + output);
    }
}
