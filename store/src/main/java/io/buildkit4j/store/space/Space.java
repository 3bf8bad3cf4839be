package io.buildkit4j.store.space;

import io.buildkit4j.linux.DiskSpace;
import io.buildkit4j.linux.Mounts;
import io.buildkit4j.store.PruneRule;
import io.buildkit4j.store.SpacePolicy;
import io.buildkit4j.store.SpaceUsage;
import io.buildkit4j.store.UsageRecord;
import io.buildkit4j.store.content.BlobLedger;
import io.buildkit4j.store.snapshot.Snapshots;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** How much is used and may be used, and what goes when it is too much. */
public final class Space {
    private static final PruneRule ANYTHING = new PruneRule("room was wanted", List.of(), true, Duration.ZERO, 0, 1, 0);

    private final Path root;
    private final SpacePolicy policy;
    private final Records records;
    private final Snapshots snapshots;
    private final BlobLedger blobs;
    private final Elsewhere elsewhere;

    /** Of this state directory. */
    public Space(Path root, SpacePolicy policy, Records records, Snapshots snapshots, BlobLedger blobs) {
        this.root = root;
        this.policy = policy;
        this.records = records;
        this.snapshots = snapshots;
        this.blobs = blobs;
        elsewhere = new Elsewhere(root);
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

    /** Bytes of records, as far as they are measured, and of what lies beside them. */
    long settled() {
        return snapshots.total() + snapshots.stacks().total() + blobs.total() + elsewhere.bytes();
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
    private List<String> order(List<UsageRecord> all) throws InterruptedException {
        List<String> order = new ArrayList<>();
        new Pruning(ANYTHING, all, Instant.now())
                .run(Long.MAX_VALUE, 1, record -> Optional.of(0L), gone -> order.add(gone.id()));
        return order;
    }
}
