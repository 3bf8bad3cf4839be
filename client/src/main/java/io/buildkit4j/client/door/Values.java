package io.buildkit4j.client.door;

import com.google.protobuf.Timestamp;
import io.buildkit4j.client.DaemonInfo;
import io.buildkit4j.client.SpaceInfo;
import io.buildkit4j.client.StorageRule;
import io.buildkit4j.client.UsageInfo;
import io.buildkit4j.client.Verification;
import io.buildkit4j.client.WorkerInfo;
import io.buildkit4j.image.Platform;
import io.buildkit4j.wire.proto.control.UsageRecord;
import io.buildkit4j.wire.proto.storage.SpaceReport;
import io.buildkit4j.wire.proto.worker.BuildkitVersion;
import io.buildkit4j.wire.proto.worker.WorkerRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a daemon tells of itself, read from messages. */
final class Values {
    private Values() {}

    static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    static Optional<Instant> instant(boolean present, Timestamp time) {
        return present ? Optional.of(instant(time)) : Optional.empty();
    }

    static UsageInfo usage(UsageRecord record) {
        List<String> parents =
                record.getParentsList().isEmpty() && !record.getParent().isEmpty()
                        ? List.of(record.getParent())
                        : List.copyOf(record.getParentsList());
        return new UsageInfo(
                record.getID(),
                record.getMutable(),
                record.getInUse(),
                record.getShared(),
                record.getSize(),
                parents,
                instant(record.getCreatedAt()),
                instant(record.hasLastUsedAt(), record.getLastUsedAt()),
                record.getUsageCount(),
                record.getDescription(),
                record.getRecordType());
    }

    static WorkerInfo worker(WorkerRecord record) {
        List<Platform> platforms = record.getPlatformsList().stream()
                .map(platform -> new Platform(
                        platform.getOS(),
                        platform.getArchitecture(),
                        platform.getVariant(),
                        platform.getOSVersion(),
                        platform.getOSFeaturesList()))
                .toList();
        List<StorageRule> rules = record.getGCPolicyList().stream()
                .map(rule -> new StorageRule(
                        rule.getFiltersList(),
                        rule.getAll(),
                        Duration.ofNanos(rule.getKeepDuration()),
                        rule.getReservedSpace(),
                        rule.getMaxUsedSpace(),
                        rule.getMinFreeSpace()))
                .toList();
        return new WorkerInfo(record.getID(), record.getLabelsMap(), platforms, rules);
    }

    static DaemonInfo daemon(BuildkitVersion version) {
        return new DaemonInfo(version.getPackage(), version.getVersion(), version.getRevision());
    }

    static Verification verification(io.buildkit4j.wire.proto.storage.Verification message) {
        return new Verification(
                message.getDamagesList().stream()
                        .map(damage -> new Verification.Damage(damage.getId(), damage.getKind(), damage.getWhat()))
                        .toList(),
                message.getRecords(),
                message.getBlobs(),
                message.getBytes());
    }

    static SpaceInfo space(SpaceReport message) {
        return new SpaceInfo(
                message.getCap(),
                message.getUsed(),
                message.getOther(),
                message.getDiskFree(),
                message.getDiskSize(),
                message.getNextList().stream()
                        .map(leaving -> new SpaceInfo.Leaving(leaving.getId(), leaving.getRule()))
                        .toList());
    }
}
