package io.buildkit4j.store.space;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.DiskSpace;
import io.buildkit4j.linux.Mounts;
import io.buildkit4j.store.PruneRule;
import io.buildkit4j.store.SpacePolicy;
import io.buildkit4j.store.SpaceUsage;
import io.buildkit4j.store.SpaceUsage.Leaving;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.UsageRecord;
import io.buildkit4j.store.budget.Budget;
import io.buildkit4j.store.content.BlobLedger;
import io.buildkit4j.store.snapshot.Snapshots;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** How much is used and may be used, and what goes when it is too much. */
public final class Space implements Budget.Limit {
    private static final long MIB = 1 << 20;
    private static final PruneRule ANYTHING = new PruneRule("room was wanted", List.of(), true, Duration.ZERO, 0, 1, 0);

    private final Path root;
    private final SpacePolicy policy;
    private final Records records;
    private final Snapshots snapshots;
    private final BlobLedger blobs;
    private final Elsewhere elsewhere;
    private final Budget budget;
    /** One makes room at a time: who comes second must see what the first has freed. Held while records are removed. */
    private final ReentrantLock making = new ReentrantLock();

    /** What the records and the bytes beside them are counted by. */
    public record Counts(Records records, Snapshots snapshots, BlobLedger blobs, Budget budget) {}

    /** Of this state directory. */
    public Space(Path root, SpacePolicy policy, Counts counts) {
        this.root = root;
        this.policy = policy;
        this.records = counts.records;
        this.snapshots = counts.snapshots;
        this.blobs = counts.blobs;
        this.budget = counts.budget;
        elsewhere = new Elsewhere(root);
        if (policy.cap() > 0) {
            budget.limit(this, headroom());
        }
    }

    /** See {@link io.buildkit4j.store.Store#prune}. */
    public void prune(PruneRule rule, Consumer<UsageRecord> gone) throws InterruptedException {
        List<UsageRecord> all = records.all();
        long used = all.stream().mapToLong(UsageRecord::size).sum();
        long keep = rule.keeps(used, disk().available());
        new Pruning(rule, all, Instant.now()).run(used, keep, record -> records.remove(record.id(), rule.name()), gone);
    }

    /** What is applied by itself. */
    public List<PruneRule> rules() {
        return policy.rules();
    }

    /** Applies the rules one after the other. */
    void collect() throws InterruptedException {
        for (PruneRule rule : policy.rules()) {
            prune(rule, gone -> {});
        }
    }

    /** Removes at least so many bytes of what nothing runs on, the least recently used first; answers what was removed. */
    long free(long bytes, String why) throws InterruptedException {
        List<UsageRecord> all = records.all();
        long used = all.stream().mapToLong(UsageRecord::size).sum();
        long left = new Pruning(ANYTHING, all, Instant.now())
                .run(used, Math.max(1, used - bytes), record -> records.remove(record.id(), why), gone -> {});
        return used - left;
    }

    DiskSpace disk() {
        return Mounts.space(root.toString());
    }

    SpacePolicy policy() {
        return policy;
    }

    /** What processes may write between two looks; see {@link Watch}. */
    long headroom() {
        long cap = policy.cap();
        return Math.min(cap / 4, Math.clamp(cap / 8, 256 * MIB, 1024 * MIB));
    }

    /** What may be used and promised: the cap without what no count sees, such as directories that hold the others. */
    long limit() {
        return policy.cap() - Math.clamp(policy.cap() / 64, MIB, 64 * MIB);
    }

    /** Bytes of records, of what lies beside them, and of all promises. A record is promised until it is measured. */
    long used() {
        return snapshots.total() + snapshots.stacks().total() + blobs.total() + elsewhere.bytes() + budget.promised();
    }

    /** As {@link #used}, without what processes have not written yet. */
    long written() {
        return used() - budget.promised() + budget.asked();
    }

    /** What lies beside the records is looked at now. */
    void refresh() {
        elsewhere.refresh();
    }

    @Override
    public boolean holds() {
        return used() <= limit();
    }

    @Override
    public void prepare() throws InterruptedException {
        makeRoom(limit());
    }

    @Override
    public void enforce() throws InterruptedException {
        makeRoom(limit());
        if (!holds()) {
            throw new StoreFault(Kind.RESOURCE_EXHAUSTED, Attempts.full(this));
        }
    }

    /** Removes records until at most so much is used, and some more, so that the next need not; answers what that freed. */
    long makeRoom(long most) throws InterruptedException {
        making.lockInterruptibly();
        try {
            long over = used() - most;
            return over <= 0 ? 0 : free(over + headroom() / 4, "keep at most " + Attempts.size(policy.cap()));
        } finally {
            making.unlock();
        }
    }

    /** See {@link io.buildkit4j.store.Store#space}. */
    public SpaceUsage usage(long writing) throws InterruptedException {
        List<UsageRecord> all = records.all();
        long held = all.stream().mapToLong(UsageRecord::size).sum();
        long other = elsewhere.bytes() + writing;
        DiskSpace disk = disk();
        return new SpaceUsage(
                policy.cap(), held + other, other, disk.available(), disk.total(), policy.rules(), order(all));
    }

    /** What the rules would remove, then what would go if room was wanted. */
    private List<Leaving> order(List<UsageRecord> all) throws InterruptedException {
        List<Leaving> order = new ArrayList<>();
        Map<String, UsageRecord> left = new LinkedHashMap<>();
        all.forEach(record -> left.put(record.id(), record));
        long free = disk().available();
        for (PruneRule rule : policy.rules()) {
            List<UsageRecord> rest = List.copyOf(left.values());
            long used = rest.stream().mapToLong(UsageRecord::size).sum();
            long after = imagined(rule, rest, rule.keeps(used, free), id -> {
                order.add(new Leaving(id, rule.name()));
                left.remove(id);
            });
            free += used - after;
        }
        imagined(ANYTHING, List.copyOf(left.values()), 0, id -> order.add(new Leaving(id, "")));
        return order;
    }

    /** Removes nothing. */
    private static long imagined(PruneRule rule, List<UsageRecord> all, long keep, Consumer<String> gone)
            throws InterruptedException {
        long used = all.stream().mapToLong(UsageRecord::size).sum();
        return new Pruning(rule, all, Instant.now())
                .run(used, keep, record -> Optional.of(record.size()), record -> gone.accept(record.id()));
    }
}
