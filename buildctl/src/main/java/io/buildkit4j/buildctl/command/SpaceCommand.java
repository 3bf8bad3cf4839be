package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.progress.Texts;
import io.buildkit4j.client.Client;
import io.buildkit4j.client.StorageRule;
import io.buildkit4j.client.UsageInfo;
import io.buildkit4j.client.WorkerInfo;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/** {@code buildctl df}: what uses the disk, why it is kept, and what goes next. */
final class SpaceCommand {
    /** So many lines of what goes next are enough to see what is coming. */
    private static final int NEXT = 20;

    private final PrintStream out;

    SpaceCommand(PrintStream out) {
        this.out = out;
    }

    private static final class Sum {
        private int records;
        private long bytes;
        private long inUse;

        void add(UsageInfo record) {
            records++;
            bytes += record.size();
            inUse += record.inUse() ? record.size() : 0;
        }
    }

    void run(Client client) throws InterruptedException {
        List<UsageInfo> records = client.diskUsage(List.of());
        List<StorageRule> rules = client.workers(List.of()).stream()
                .findFirst()
                .map(WorkerInfo::rules)
                .orElse(List.of());
        types(records);
        rules(rules);
        next(records);
        out.flush();
    }

    private void types(List<UsageInfo> records) {
        Map<String, Sum> types = new TreeMap<>();
        Sum all = new Sum();
        for (UsageInfo record : records) {
            types.computeIfAbsent(record.recordType(), absent -> new Sum()).add(record);
            all.add(record);
        }
        out.printf("%-24s%10s%14s%14s%14s%n", "TYPE", "RECORDS", "SIZE", "IN USE", "CAN GO");
        types.forEach(this::line);
        line("total", all);
        out.println();
    }

    private void line(String name, Sum sum) {
        out.printf(
                "%-24s%10d%14s%14s%14s%n",
                name, sum.records, Texts.bytes(sum.bytes), Texts.bytes(sum.inUse), Texts.bytes(sum.bytes - sum.inUse));
    }

    private void rules(List<StorageRule> rules) {
        out.println(rules.isEmpty() ? "RULES: none, nothing is removed by itself" : "RULES, in their order");
        for (StorageRule rule : rules) {
            List<String> parts = new ArrayList<>();
            parts.add(
                    rule.filters().isEmpty()
                            ? (rule.all() ? "anything" : "results")
                            : String.join(" or ", rule.filters()));
            if (!rule.keep().isZero()) {
                parts.add("not used for " + rule.keep().toHours() + " hours");
            }
            add(parts, "down to ", rule.maxUsed(), "");
            add(parts, "until ", rule.minFree(), " are free");
            add(parts, "but keeping ", rule.reserved(), "");
            out.println("  " + String.join(", ", parts));
        }
        out.println();
    }

    private static void add(List<String> parts, String before, long bytes, String after) {
        if (bytes > 0) {
            parts.add(before + Texts.bytes(bytes) + after);
        }
    }

    /** The least recently used first, what others stand on after those: the order in which the daemon removes. */
    private void next(List<UsageInfo> records) {
        Map<String, UsageInfo> byId = new HashMap<>();
        Map<String, Integer> children = new HashMap<>();
        for (UsageInfo record : records) {
            byId.put(record.id(), record);
            record.parents().forEach(parent -> children.merge(parent, 1, Integer::sum));
        }
        PriorityQueue<UsageInfo> ready =
                new PriorityQueue<>(Comparator.comparing(SpaceCommand::used).thenComparing(UsageInfo::id));
        records.stream()
                .filter(record -> !record.inUse() && !children.containsKey(record.id()))
                .forEach(ready::add);
        out.printf("%-28s%-12s%-20s%s%n", "NEXT TO GO", "SIZE", "LAST USED", "WHAT, AND WHY IT IS STILL KEPT");
        for (int shown = 0; shown < NEXT && !ready.isEmpty(); shown++) {
            UsageInfo record = ready.poll();
            row(record, "nothing stands on it");
            for (String parent : record.parents()) {
                UsageInfo freed = byId.get(parent);
                if (children.merge(parent, -1, Integer::sum) == 0 && freed != null && !freed.inUse()) {
                    ready.add(freed);
                }
            }
        }
        long used = records.stream().filter(UsageInfo::inUse).count();
        out.println(used + " records stay because something runs on them; the others go in this order, as rules ask");
    }

    private void row(UsageInfo record, String why) {
        String id = record.id().length() > 26 ? record.id().substring(0, 26) : record.id();
        out.printf(
                "%-28s%-12s%-20s%s (%s, %s)%n",
                id,
                Texts.bytes(record.size()),
                RecordDisplay.ago(used(record)),
                record.description().lines().findFirst().orElse(""),
                record.recordType(),
                why);
    }

    private static Instant used(UsageInfo record) {
        return record.lastUsed().orElse(record.created());
    }
}
