package io.buildkit4j.worker;

import io.buildkit4j.image.Digest;
import io.buildkit4j.llb.FileAction;
import io.buildkit4j.llb.Op;
import io.buildkit4j.solver.CacheMap;
import io.buildkit4j.solver.InputRule;
import io.buildkit4j.solver.JobContext;
import io.buildkit4j.store.ContentQuery;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import io.buildkit4j.worker.file.FileOperation;
import io.buildkit4j.worker.listing.Selection;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Changes trees, action by action. What is copied counts by its content. */
record FileStep(Op.File op, String name, Store store) implements Step {
    @Override
    public CacheMap<Ref> cacheMap(JobContext<Ref> context, int index) {
        KeyParts parts = new KeyParts("file");
        op.actions().forEach(action -> parts.add("action", text(action)));
        List<InputRule<Ref>> rules = new ArrayList<>();
        for (Optional<List<ContentQuery>> queries : FileOperation.contentQueries(op)) {
            rules.add(queries.map(FileStep::rule).orElseGet(InputRule::byDefinition));
        }
        return parts.last(rules);
    }

    private static InputRule<Ref> rule(List<ContentQuery> queries) {
        return new InputRule<>(Selection.text(queries), ContentDigests.of(queries), false);
    }

    /** Everything that the action says, but for where in an input its source lies: the selector has that. */
    private String text(FileAction action) {
        return switch (action) {
            case FileAction.Copy copy -> {
                boolean selected = copy.frame().secondaryInput() >= 0
                        && copy.frame().secondaryInput() < op.inputs().size();
                String last = copy.source().substring(copy.source().lastIndexOf('/') + 1);
                yield selected
                        ? copy.toString().replace("source=" + copy.source() + ",", "source=" + last + ",")
                        : copy.toString();
            }
            case FileAction.MakeFile file -> file + " " + digest(file.data());
            case FileAction.MakeDirectory directory -> directory.toString();
            case FileAction.Remove remove -> remove.toString();
            case FileAction.Symlink link -> link.toString();
        };
    }

    private static Digest digest(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.duplicate().get(bytes);
        return Digest.of(bytes);
    }

    @Override
    public List<Ref> run(JobContext<Ref> context, List<Ref> inputs) throws InterruptedException {
        return new FileOperation(op, store, name).run(inputs);
    }
}
