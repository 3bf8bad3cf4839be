package io.buildkit4j.store.space;

import io.buildkit4j.store.PruneRule;
import io.buildkit4j.store.RecordFilter;
import io.buildkit4j.store.RecordType;
import io.buildkit4j.store.UsageRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Removes by one rule: the least recently used first, what others stand on after those. Looks at all records once; what
 * comes to be used meanwhile is spared by whoever removes.
 */
final class Pruning {
    private static final Comparator<UsageRecord> OLDEST = Comparator.comparing(Pruning::used)
            .thenComparingLong(UsageRecord::useCount)
            .thenComparing(UsageRecord::id);

    private final PruneRule rule;
    private final RecordFilter filter;
    private final Instant youngest;
    private final Map<String, UsageRecord> records = new HashMap<>();
    private final Map<String, Integer> children = new HashMap<>();

    /** Removes one record, unless it is in use by now; answers the bytes that this freed. */
    @FunctionalInterface
    interface Remover {
        Optional<Long> remove(UsageRecord record);
    }

    Pruning(PruneRule rule, List<UsageRecord> all, Instant now) {
        this.rule = rule;
        filter = RecordFilter.parse(rule.filters());
        youngest = now.minus(rule.keepDuration());
        for (UsageRecord record : all) {
            records.put(record.id(), record);
            record.parents().forEach(parent -> children.merge(parent, 1, Integer::sum));
        }
    }

    private static Instant used(UsageRecord record) {
        return record.lastUsed().orElse(record.created());
    }

    private boolean matches(UsageRecord record) {
        RecordType type = record.description().type();
        boolean own = type == RecordType.INTERNAL || type == RecordType.FRONTEND;
        boolean old = rule.keepDuration().isZero() || used(record).isBefore(youngest);
        return !record.inUse() && (rule.all() || !own) && old && filter.selects(record);
    }

    /**
     * Removes until what is left is at most so much.
     *
     * @param used bytes of everything before
     * @return bytes of everything after
     */
    long run(long used, long keep, Remover remover, Consumer<UsageRecord> gone) throws InterruptedException {
        PriorityQueue<UsageRecord> ready = new PriorityQueue<>(OLDEST);
        for (UsageRecord record : records.values()) {
            if (!children.containsKey(record.id()) && matches(record)) {
                ready.add(record);
            }
        }
        long left = used;
        while (!ready.isEmpty() && (keep == 0 || left > keep)) {
            if (Thread.interrupted()) {
                throw new InterruptedException("pruning was canceled");
            }
            UsageRecord next = ready.poll();
            Optional<Long> freed = remover.remove(next);
            if (freed.isPresent()) {
                left -= freed.get();
                gone.accept(next.withSize(freed.get()));
                ready.addAll(freed(next));
            }
        }
        return left;
    }

    /** Records that nothing stands on any more now that this one is gone. */
    private List<UsageRecord> freed(UsageRecord removed) {
        List<UsageRecord> freed = new ArrayList<>();
        for (String parent : removed.parents()) {
            int others = children.merge(parent, -1, Integer::sum);
            UsageRecord record = records.get(parent);
            if (others == 0 && record != null && matches(record)) {
                freed.add(record);
            }
        }
        return freed;
    }
}
