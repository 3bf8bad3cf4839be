package io.buildkit4j.store;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Durable pairs of key and value, in the order of the keys' bytes. A damaged value is absent. Safe for any thread; a write
 * is durable when the call returns, unless it says otherwise, and many writers share one commit.
 */
public interface MetadataTable {
    /** The value, when there is one and it is whole. */
    Optional<byte[]> get(String key);

    /** All pairs whose key begins with the prefix. */
    List<Map.Entry<String, byte[]>> scan(String prefix);

    /** Puts and removes together, all or nothing. */
    void write(Map<String, byte[]> put, List<String> remove);

    /** Puts one pair. */
    default void put(String key, byte[] value) {
        write(Map.of(key, value), List.of());
    }

    /** Removes one pair; nothing happens when it is not there. */
    default void remove(String key) {
        write(Map.of(), List.of(key));
    }

    /**
     * Puts one pair that may be lost: visible at once, durable within a second or so, never before what the store itself
     * recorded earlier. A crash forgets it. A key is written either always so or never.
     */
    default void putLater(String key, byte[] value) {
        put(key, value);
    }

    /** Removes one pair in the manner of {@link #putLater}. */
    default void removeLater(String key) {
        remove(key);
    }
}
