package io.buildkit4j.buildctl.command;

import io.buildkit4j.client.SpaceInfo;
import io.buildkit4j.client.SpaceInfo.Leaving;
import io.buildkit4j.client.UsageInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Why records are kept. */
final class Kept {
    private final Map<String, UsageInfo> records = new HashMap<>();
    private final Map<String, Integer> children = new HashMap<>();
    private final Map<String, Leaving> leaving = new HashMap<>();

    Kept(List<UsageInfo> all, SpaceInfo space) {
        for (UsageInfo record : all) {
            records.put(record.id(), record);
            record.parents().forEach(parent -> children.merge(parent, 1, Integer::sum));
        }
        space.next().forEach(next -> leaving.put(next.id(), next));
    }

    Optional<UsageInfo> record(String id) {
        return Optional.ofNullable(records.get(id));
    }

    /** Those that cannot go. */
    List<UsageInfo> staying() {
        return records.values().stream()
                .filter(record -> !leaving.containsKey(record.id()))
                .toList();
    }

    /** In words. */
    String why(UsageInfo record) {
        if (record.mutable() && record.inUse()) {
            return "it is being written";
        }
        if (record.inUse()) {
            return "something runs on it";
        }
        int above = children.getOrDefault(record.id(), 0);
        String stands = above == 0 ? "" : above == 1 ? "one record stands on it; " : above + " records stand on it; ";
        Leaving next = leaving.get(record.id());
        if (next == null) {
            return stands + "what stands on it is in use";
        }
        return stands + (next.rule().isEmpty() ? "no rule asks for its room" : "goes soon by the rule: " + next.rule());
    }
}
