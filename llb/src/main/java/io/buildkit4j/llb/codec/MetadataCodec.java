package io.buildkit4j.llb.codec;

import io.buildkit4j.llb.Attribute;
import io.buildkit4j.llb.OpMetadata;
import io.buildkit4j.wire.proto.ops.ExportCache;
import io.buildkit4j.wire.proto.ops.LinuxResources;
import io.buildkit4j.wire.proto.ops.ProgressGroup;
import java.util.Optional;

/** What is said about ops, as messages. */
final class MetadataCodec {
    private MetadataCodec() {}

    static io.buildkit4j.wire.proto.ops.OpMetadata write(OpMetadata in) {
        io.buildkit4j.wire.proto.ops.OpMetadata.Builder out =
                io.buildkit4j.wire.proto.ops.OpMetadata.newBuilder().setIgnoreCache(in.ignoreCache());
        for (Attribute attribute : in.description()) {
            out.putDescription(attribute.key(), attribute.value());
        }
        in.capabilities().forEach(out::putCaps);
        in.exportCache()
                .ifPresent(value -> out.setExportCache(ExportCache.newBuilder().setValue(value)));
        in.progressGroup()
                .ifPresent(group -> out.setProgressGroup(ProgressGroup.newBuilder()
                        .setId(group.id())
                        .setName(group.name())
                        .setWeak(group.weak())));
        in.resources()
                .ifPresent(limits -> out.setLinuxResources(LinuxResources.newBuilder()
                        .setMemory(limits.memory())
                        .setMemorySwap(limits.memorySwap())
                        .setCpuShares(limits.cpuShares())
                        .setCpuPeriod(limits.cpuPeriod())
                        .setCpuQuota(limits.cpuQuota())
                        .setCpusetCpus(limits.cpusetCpus())
                        .setCpusetMems(limits.cpusetMems())));
        return out.build();
    }

    static OpMetadata read(io.buildkit4j.wire.proto.ops.OpMetadata in) {
        LinuxResources limits = in.getLinuxResources();
        ProgressGroup group = in.getProgressGroup();
        return new OpMetadata(
                in.getIgnoreCache(),
                in.getDescriptionMap().entrySet().stream()
                        .map(entry -> new Attribute(entry.getKey(), entry.getValue()))
                        .toList(),
                in.hasExportCache() ? Optional.of(in.getExportCache().getValue()) : Optional.empty(),
                in.getCapsMap(),
                in.hasProgressGroup()
                        ? Optional.of(new OpMetadata.ProgressGroup(group.getId(), group.getName(), group.getWeak()))
                        : Optional.empty(),
                in.hasLinuxResources()
                        ? Optional.of(new OpMetadata.LinuxResources(
                                limits.getMemory(),
                                limits.getMemorySwap(),
                                limits.getCpuShares(),
                                limits.getCpuPeriod(),
                                limits.getCpuQuota(),
                                limits.getCpusetCpus(),
                                limits.getCpusetMems()))
                        : Optional.empty());
    }
}
