package io.buildkit4j.llb;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is said about an op without being part of it: its digest does not change with this.
 *
 * @param capabilities ids that the op needs
 * @param exportCache whether remote caches may hold its result; absent leaves it open
 */
public record OpMetadata(
        boolean ignoreCache,
        List<Attribute> description,
        Optional<Boolean> exportCache,
        Map<String, Boolean> capabilities,
        Optional<ProgressGroup> progressGroup,
        Optional<LinuxResources> resources) {
    /** The description's key for the name that is shown. */
    public static final String CUSTOM_NAME = "llb.customname";

    private static final OpMetadata NONE =
            new OpMetadata(false, List.of(), Optional.empty(), Map.of(), Optional.empty(), Optional.empty());

    /** Copies and sorts. */
    public OpMetadata {
        description = Attribute.sorted(description);
        capabilities = java.util.Collections.unmodifiableMap(new TreeMap<>(capabilities));
    }

    /** Nothing said. */
    public static OpMetadata none() {
        return NONE;
    }

    /** A text of the description. */
    public Optional<String> described(String key) {
        return description.stream()
                .filter(attribute -> attribute.key().equals(key))
                .map(Attribute::value)
                .findFirst();
    }

    /** The name that is shown instead of one made from the op. */
    public Optional<String> customName() {
        return described(CUSTOM_NAME);
    }

    /** Vertices that are shown as one. A weak group gives way to a stronger claim on the same vertex. */
    public record ProgressGroup(String id, String name, boolean weak) {}

    /** Limits in the units of the OCI runtime specification; 0 and empty are unset. */
    public record LinuxResources(
            long memory,
            long memorySwap,
            long cpuShares,
            long cpuPeriod,
            long cpuQuota,
            String cpusetCpus,
            String cpusetMems) {}
}
