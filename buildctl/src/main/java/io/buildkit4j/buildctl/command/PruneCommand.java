package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.flags.Arguments;
import io.buildkit4j.buildctl.flags.Flag;
import io.buildkit4j.client.Client;
import io.buildkit4j.client.PruneRequest;
import io.buildkit4j.client.UsageInfo;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** {@code buildctl prune}: removes what nothing uses, and tells of each record as it goes. */
final class PruneCommand {
    /** Flags of the command. */
    static final List<Flag> FLAGS = List.of(
            Flag.option("keep-duration", "DURATION", "keeps what was used within this time, such as 48h"),
            Flag.option("keep-storage", "MB", "keeps the most recently used up to so many megabytes"),
            Flag.option("keep-storage-min", "MB", "keeps at least so many megabytes, whatever is free"),
            Flag.option("free-storage", "MB", "removes until so many megabytes are free on the disk"),
            Flag.repeated("filter,f", "FIELD==VALUE", "removes only records that match, such as type==source.local"),
            Flag.alone("all", "removes also what is internal, and images of frontends"),
            Flag.alone("verbose,v", "shows every field"),
            Flag.option("format", "FORMAT", "json, or {{json .}}"));

    private final PrintStream out;

    PruneCommand(PrintStream out) {
        this.out = out;
    }

    void run(Arguments arguments, Client client) throws InterruptedException {
        RecordDisplay display = new RecordDisplay(out);
        boolean verbose = arguments.on("verbose");
        boolean formatted = arguments.text("format").isPresent();
        List<UsageInfo> gone = new ArrayList<>();
        client.prune(request(arguments), record -> {
            if (!formatted && !verbose && gone.isEmpty()) {
                display.heading();
            }
            gone.add(record);
            if (verbose && !formatted) {
                display.verbose(record);
            } else if (!formatted) {
                display.row(record);
            }
            out.flush();
        });
        if (formatted) {
            display.formatted(arguments.text("format").orElseThrow(), gone);
        } else {
            display.total(gone.stream().mapToLong(UsageInfo::size).sum());
        }
        out.flush();
    }

    private static PruneRequest request(Arguments arguments) {
        return new PruneRequest(
                arguments.all("filter"),
                arguments.on("all"),
                Spans.duration("keep-duration", arguments.text("keep-duration").orElse("")),
                megabytes(arguments, "keep-storage-min"),
                megabytes(arguments, "keep-storage"),
                megabytes(arguments, "free-storage"));
    }

    private static long megabytes(Arguments arguments, String flag) {
        return arguments.text(flag).map(text -> Spans.megabytes(flag, text)).orElse(0L);
    }
}
