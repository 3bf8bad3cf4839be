package io.buildkit4j.buildd.door;

import io.buildkit4j.store.UsageRecord;
import io.buildkit4j.wire.proto.control.DiskUsageRequest;
import io.buildkit4j.wire.proto.control.DiskUsageResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

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
            if (old && filter.selects(field -> values(record, field))) {
                response.addRecord(message(record));
            }
        }
        return response.build();
    }

    private static List<String> values(UsageRecord record, String field) {
        return switch (field) {
            case "id" -> List.of(record.id());
            case "parents", "parent" -> record.parents();
            case "description" -> List.of(record.description().text());
            case "inuse" -> List.of(String.valueOf(record.inUse()));
            case "mutable" -> List.of(String.valueOf(record.mutable()));
            case "immutable" -> List.of(String.valueOf(!record.mutable()));
            case "type" -> List.of(record.description().type().wireName());
            case "shared" -> List.of(String.valueOf(record.shared()));
            case "private" -> List.of(String.valueOf(!record.shared()));
            default -> List.of();
        };
    }

    private static io.buildkit4j.wire.proto.control.UsageRecord message(UsageRecord record) {
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
