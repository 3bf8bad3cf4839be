package io.buildkit4j.solver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryCacheStoreTest extends CacheStoreContract {
    private final MemoryCacheStore store = new MemoryCacheStore();

    @Override
    protected CacheStore store() {
        return store;
    }

    @Override
    protected CacheStore reopened() {
        return store;
    }

    @Test
    void linksWithoutAResultAreFoundAndDropped() {
        store.save(B, result("one", 1));
        store.link(A, B, B);
        store.link(A, C, C);
        assertThat(store.dropUnkept()).containsExactly(new MemoryCacheStore.Link(A, C, C));
        assertThat(store.links(A)).containsExactly(B);
        assertThat(store.dropUnkept()).isEmpty();
    }
}
