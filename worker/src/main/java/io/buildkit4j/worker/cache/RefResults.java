package io.buildkit4j.worker.cache;

import io.buildkit4j.solver.ResultStore;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import java.util.Optional;

/** Refs as the solver's results: their ids outlive all holds, and the store decides how long. */
public final class RefResults implements ResultStore<Ref> {
    private final Store store;

    /** Results that live in this store. */
    public RefResults(Store store) {
        this.store = store;
    }

    @Override
    public Ref share(Ref result) {
        return result.share();
    }

    @Override
    public void close(Ref result) {
        result.close();
    }

    @Override
    public String save(Ref result) {
        return result.id();
    }

    @Override
    public Optional<Ref> load(String id) {
        return store.find(id);
    }
}
