package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.flags.Arguments;
import io.buildkit4j.buildctl.flags.Flag;
import io.buildkit4j.buildctl.progress.Texts;
import io.buildkit4j.client.Client;
import io.buildkit4j.client.UsageInfo;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** {@code buildctl du}: what the daemon keeps, the largest first. */
public final class DiskUsageCommand {
    /** Flags of the command. */
    public static final List<Flag> FLAGS = List.of(
            Flag.repeated("filter,f", "FIELD==VALUE", "shows only records that match, such as type==source.local"),
            Flag.alone("verbose,v", "shows every field"),
            Flag.option("format", "FORMAT", "json, or {{json .}}"));

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
        RecordDisplay display = new RecordDisplay(out);
        if (arguments.text("format").isPresent()) {
            display.formatted(arguments.text("format").get(), records);
            return;
        }
        if (arguments.on("verbose")) {
            records.forEach(display::verbose);
        } else {
            display.heading();
            records.forEach(display::row);
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
}
