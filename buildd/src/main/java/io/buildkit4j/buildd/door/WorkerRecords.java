package io.buildkit4j.buildd.door;

import io.buildkit4j.buildd.Version;
import io.buildkit4j.store.PruneRule;
import io.buildkit4j.store.RecordFilter;
import io.buildkit4j.wire.proto.control.ListWorkersResponse;
import io.buildkit4j.wire.proto.ops.Platform;
import io.buildkit4j.wire.proto.worker.BuildkitVersion;
import io.buildkit4j.wire.proto.worker.GCPolicy;
import io.buildkit4j.wire.proto.worker.WorkerRecord;
import io.buildkit4j.worker.Worker;
import java.util.List;
import java.util.Optional;

/** The worker, as messages. */
final class WorkerRecords {
    private WorkerRecords() {}

    static ListWorkersResponse select(Worker worker, List<PruneRule> rules, List<String> filters) {
        boolean selected = RecordFilter.parse(filters).selects(field -> values(worker, field));
        ListWorkersResponse.Builder response = ListWorkersResponse.newBuilder();
        if (selected) {
            response.addRecord(record(worker, rules));
        }
        return response.build();
    }

    private static List<String> values(Worker worker, String field) {
        if (field.equals("id")) {
            return List.of(worker.id());
        }
        String label = field.startsWith("labels.") ? field.substring("labels.".length()) : "";
        return Optional.ofNullable(worker.labels().get(label)).stream().toList();
    }

    static BuildkitVersion version() {
        return BuildkitVersion.newBuilder()
                .setPackage(Version.NAME)
                .setVersion(Version.RELEASE)
                .build();
    }

    static WorkerRecord record(Worker worker, List<PruneRule> rules) {
        WorkerRecord.Builder record = WorkerRecord.newBuilder()
                .setID(worker.id())
                .putAllLabels(worker.labels())
                .setBuildkitVersion(version());
        worker.platforms()
                .forEach(platform -> record.addPlatforms(Platform.newBuilder()
                        .setOS(platform.os())
                        .setArchitecture(platform.architecture())
                        .setVariant(platform.variant())
                        .setOSVersion(platform.osVersion())
                        .addAllOSFeatures(platform.osFeatures())));
        for (PruneRule rule : rules) {
            record.addGCPolicy(GCPolicy.newBuilder()
                    .setAll(rule.all())
                    .setKeepDuration(rule.keepDuration().toNanos())
                    .addAllFilters(rule.filters())
                    .setReservedSpace(rule.reservedSpace())
                    .setMaxUsedSpace(rule.maxUsedSpace())
                    .setMinFreeSpace(rule.minFreeSpace()));
        }
        return record.build();
    }
}
