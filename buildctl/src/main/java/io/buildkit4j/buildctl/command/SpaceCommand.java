package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.flags.Arguments;
import io.buildkit4j.buildctl.flags.Flag;
import io.buildkit4j.buildctl.progress.Texts;
import io.buildkit4j.client.Client;
import io.buildkit4j.client.SpaceInfo;
import io.buildkit4j.client.StorageRule;
import io.buildkit4j.client.UsageInfo;
import io.buildkit4j.client.WorkerInfo;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code buildctl df}: what uses the disk, why it is kept, and what goes next. */
final class SpaceCommand {
    static final List<Flag> FLAGS = List.of(
            Flag.alone("verbose,v", "shows every record, and why it is kept"), Flag.option("format", "KIND", "json"));

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

    void run(Arguments arguments, Client client) throws InterruptedException {
        List<UsageInfo> records = client.diskUsage(List.of());
        List<StorageRule> rules = client.workers(List.of()).stream()
                .findFirst()
                .map(WorkerInfo::rules)
                .orElse(List.of());
        SpaceInfo space = client.space();
        Kept kept = new Kept(records, space);
        if (arguments.text("format").isPresent()) {
            out.println(new SpaceJson(space).write(kept));
        } else {
            boolean all = arguments.on("verbose");
            disk(space);
            types(records);
            rules(rules);
            next(space, kept, all ? Integer.MAX_VALUE : NEXT);
            staying(kept, all);
        }
        out.flush();
    }

    private void disk(SpaceInfo space) {
        out.printf(
                "%s used%s, %s of them beside records; %s of %s of the disk are free%n%n",
                Texts.bytes(space.used()),
                space.cap() == 0 ? "" : " of at most " + Texts.bytes(space.cap()),
                Texts.bytes(space.other()),
                Texts.bytes(space.diskFree()),
                Texts.bytes(space.diskSize()));
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

    /** Each record that may go, in the order in which the daemon would remove it; without the daemon's word nothing. */
    private void next(SpaceInfo space, Kept kept, int most) {
        out.printf("%-28s%-12s%-20s%s%n", "NEXT TO GO", "SIZE", "LAST USED", "WHAT, AND WHY IT IS STILL KEPT");
        space.next().stream()
                .limit(most)
                .forEach(leaving -> kept.record(leaving.id()).ifPresent(record -> row(record, kept.why(record))));
        if (space.next().size() > most) {
            out.println((space.next().size() - most) + " more; --verbose shows all");
        }
        out.println();
    }

    private void staying(Kept kept, boolean all) {
        List<UsageInfo> staying = kept.staying();
        if (all && !staying.isEmpty()) {
            out.printf("%-28s%-12s%-20s%s%n", "STAYS", "SIZE", "LAST USED", "WHAT, AND WHY");
            staying.forEach(record -> row(record, kept.why(record)));
            out.println();
        }
        out.println(staying.size()
                + " records stay because something runs on them; the others go in this order, as rules ask");
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
