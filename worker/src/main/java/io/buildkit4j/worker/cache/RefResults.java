package io.buildkit4j.worker.cache;

import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.CacheStore.SavedResult;
import io.buildkit4j.solver.ResultStore;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TransferListener;
import java.util.Optional;

/** Refs as the solver's results: their ids outlive all holds, and the store decides how long. */
public final class RefResults implements ResultStore<Ref> {
    private final Store store;
    private final StoredKeys keys;
    private final Imports imports;

    /** Results that live in this store, or are fetched into it from open imports when they are wanted. */
    public RefResults(Store store, StoredKeys keys, Imports imports) {
        this.store = store;
        this.keys = keys;
        this.imports = imports;
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
    public Optional<Ref> load(String id) throws InterruptedException {
        if (!Imports.isOne(id)) {
            return store.find(id);
        }
        Optional<Imports.Found> found = imports.find(id);
        return found.isEmpty() ? Optional.empty() : Optional.of(fetch(found.get()));
    }

    /** From now on it is one of our own. */
    private Ref fetch(Imports.Found found) throws InterruptedException {
        Ref ref = store.unpack(found.known().layers(), found.source(), TransferListener.SILENT);
        Digest key = found.known().key();
        keys.save(key, new SavedResult(ref.id(), found.known().created()));
        found.aliases().forEach(alias -> keys.link(alias.alias(), key, key));
        return ref;
    }
}
