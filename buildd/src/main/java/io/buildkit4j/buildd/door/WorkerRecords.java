package io.buildkit4j.buildd.door;

import io.buildkit4j.buildd.Version;
import io.buildkit4j.store.PruneRule;
import io.buildkit4j.wire.proto.control.ListWorkersResponse;
import io.buildkit4j.wire.proto.ops.Platform;
import io.buildkit4j.wire.proto.worker.BuildkitVersion;
import io.buildkit4j.wire.proto.worker.CDIDevice;
import io.buildkit4j.wire.proto.worker.GCPolicy;
import io.buildkit4j.wire.proto.worker.WorkerRecord;
import io.buildkit4j.worker.Crew;
import io.buildkit4j.worker.Worker;
import java.util.List;

/** The workers, as messages. */
final class WorkerRecords {
    private WorkerRecords() {}

    static ListWorkersResponse select(Worker worker, List<PruneRule> rules, List<String> filters) {
        ListWorkersResponse.Builder response = ListWorkersResponse.newBuilder();
        List<CDIDevice> devices = devices(worker);
        for (Crew crew : worker.crews()) {
            if (crew.passes(filters)) {
                response.addRecord(record(crew, rules).toBuilder().addAllCDIDevices(devices));
            }
        }
        return response.build();
    }

    private static List<CDIDevice> devices(Worker worker) {
        return worker.devices().stream()
                .map(device -> CDIDevice.newBuilder()
                        .setName(device.qualified())
                        .setAutoAllow(worker.allowed(device))
                        .putAllAnnotations(device.annotations())
                        .build())
                .toList();
    }

    static BuildkitVersion version() {
        return BuildkitVersion.newBuilder()
                .setPackage(Version.NAME)
                .setVersion(Version.RELEASE)
                .build();
    }

    static WorkerRecord record(Crew worker, List<PruneRule> rules) {
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
