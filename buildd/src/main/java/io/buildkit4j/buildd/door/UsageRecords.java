package io.buildkit4j.buildd.door;

import io.buildkit4j.buildd.build.Workshop;
import io.buildkit4j.store.PruneRule;
import io.buildkit4j.store.RecordFilter;
import io.buildkit4j.store.UsageRecord;
import io.buildkit4j.wire.proto.control.DiskUsageRequest;
import io.buildkit4j.wire.proto.control.DiskUsageResponse;
import io.buildkit4j.wire.proto.control.PruneRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** What the store keeps, as messages. */
final class UsageRecords {
    private UsageRecords() {}

    static DiskUsageResponse select(List<UsageRecord> records, DiskUsageRequest request, Clock clock) {
        RecordFilter filter = RecordFilter.parse(request.getFilterList());
        Instant youngest = clock.instant().minus(Duration.ofNanos(request.getAgeLimit()));
        DiskUsageResponse.Builder response = DiskUsageResponse.newBuilder();
        for (UsageRecord record : records) {
            boolean old = request.getAgeLimit() <= 0
                    || record.lastUsed().orElse(record.created()).isBefore(youngest);
            if (old && filter.selects(record)) {
                response.addRecord(message(record));
            }
        }
        return response.build();
    }

    /** Tells of each record that went, its size being the bytes that this freed. */
    static void prune(
            Workshop workshop, PruneRequest request, Consumer<io.buildkit4j.wire.proto.control.UsageRecord> gone)
            throws InterruptedException {
        PruneRule rule = new PruneRule(
                "pruned by hand",
                request.getFilterList(),
                request.getAll(),
                Duration.ofNanos(Math.max(0, request.getKeepDuration())),
                Math.max(0, request.getReservedSpace()),
                Math.max(0, request.getMaxUsedSpace()),
                Math.max(0, request.getMinFreeSpace()));
        workshop.store().prune(rule, record -> gone.accept(message(record)));
    }

    static io.buildkit4j.wire.proto.control.UsageRecord message(UsageRecord record) {
        var message = io.buildkit4j.wire.proto.control.UsageRecord.newBuilder()
                .setID(record.id())
                .setMutable(record.mutable())
                .setInUse(record.inUse())
                .setSize(record.size())
                .setCreatedAt(Times.of(record.created()))
                .setUsageCount(record.useCount())
                .setDescription(record.description().text())
                .setRecordType(record.description().type().wireName())
                .setShared(record.shared())
                .addAllParents(record.parents());
        if (!record.parents().isEmpty()) {
            message.setParent(record.parents().getFirst());
        }
        record.lastUsed().ifPresent(time -> message.setLastUsedAt(Times.of(time)));
        return message.build();
    }
}
