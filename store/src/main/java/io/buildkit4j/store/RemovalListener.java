package io.buildkit4j.store;

/** Hears of records that are gone, so that what leads to them can go too. Called often; must return quickly. */
@FunctionalInterface
public interface RemovalListener {
    /** {@code id} is the record's; nothing finds it any more. */
    void removed(String id);
}
