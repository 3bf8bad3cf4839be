package io.buildkit4j.store;

import java.util.List;
import java.util.Optional;

/** Keeps records of its own below the state directory, which rules and the cap apply to as well. Safe for any thread. */
public interface RecordKeeper {
    /** All of them. */
    List<UsageRecord> usage();

    /** Removes one of them unless it is in use; answers the bytes that this freed. Nothing for what is not its own. */
    Optional<Long> remove(String id);
}
