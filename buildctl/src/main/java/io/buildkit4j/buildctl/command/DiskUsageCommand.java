package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.flags.Arguments;
import io.buildkit4j.buildctl.flags.Flag;
import io.buildkit4j.buildctl.progress.Texts;
import io.buildkit4j.client.Client;
import io.buildkit4j.client.UsageInfo;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** {@code buildctl du}: what the daemon keeps, the largest first. */
public final class DiskUsageCommand {
    /** Flags of the command. */
    public static final List<Flag> FLAGS = List.of(
            Flag.repeated("filter,f", "FIELD==VALUE", "shows only records that match, such as type==source.local"),
            Flag.alone("verbose,v", "shows every field"));

    private final PrintStream out;

    /** Writes to this stream. */
    public DiskUsageCommand(PrintStream out) {
        this.out = out;
    }

    /** Asks and shows. */
    public void run(Arguments arguments, Client client) throws InterruptedException {
        List<String> filters = arguments.all("filter");
        List<UsageInfo> records = client.diskUsage(filters).stream()
                .sorted(Comparator.comparingLong(UsageInfo::size).reversed().thenComparing(UsageInfo::id))
                .toList();
        if (arguments.on("verbose")) {
            records.forEach(this::verbose);
        } else {
            table(records);
        }
        if (filters.isEmpty()) {
            total("Shared", records, UsageInfo::shared);
            total("Private", records, record -> !record.shared());
            total("Reclaimable", records, record -> !record.inUse());
            total("Total", records, record -> true);
        }
        out.flush();
    }

    private void total(String name, List<UsageInfo> records, Predicate<UsageInfo> counted) {
        long sum = records.stream().filter(counted).mapToLong(UsageInfo::size).sum();
        if (sum > 0 || !(name.equals("Shared") || name.equals("Private"))) {
            out.printf("%-14s%s%n", name + ":", Texts.bytes(sum));
        }
    }

    private void table(List<UsageInfo> records) {
        out.printf("%-72s%-16s%-12s%s%n", "ID", "RECLAIMABLE", "SIZE", "LAST ACCESSED");
        for (UsageInfo record : records) {
            String id = record.id() + (record.mutable() ? "*" : "");
            String size = Texts.bytes(record.size()) + (record.shared() ? "*" : "");
            String used = record.lastUsed().map(DiskUsageCommand::ago).orElse("");
            out.printf("%-72s%-16s%-12s%s%n", id, !record.inUse(), size, used);
        }
    }

    private static String ago(Instant time) {
        Duration past = Duration.between(time, Instant.now());
        if (past.toSeconds() < 60) {
            return Math.max(0, past.toSeconds()) + " seconds ago";
        }
        if (past.toMinutes() < 120) {
            return past.toMinutes() + " minutes ago";
        }
        return past.toHours() < 48 ? past.toHours() + " hours ago" : past.toDays() + " days ago";
    }

    private void verbose(UsageInfo record) {
        field("ID", record.id());
        record.parents().forEach(parent -> field("Parent", parent));
        field("Created at", record.created().toString());
        field("Mutable", Boolean.toString(record.mutable()));
        field("Reclaimable", Boolean.toString(!record.inUse()));
        field("Shared", Boolean.toString(record.shared()));
        field("Size", Texts.bytes(record.size()));
        field("Description", record.description());
        field("Usage count", Long.toString(record.useCount()));
        record.lastUsed().ifPresent(time -> field("Last used", ago(time)));
        field("Type", record.recordType());
        out.println();
    }

    private void field(String name, String value) {
        if (!value.isEmpty()) {
            out.printf("%-15s%s%n", name + ":", value);
        }
    }
}
