package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.UsageFault;
import io.buildkit4j.buildctl.flags.Arguments;
import io.buildkit4j.buildctl.flags.Flag;
import io.buildkit4j.buildd.EmbeddedDaemon;
import io.buildkit4j.client.Client;
import io.buildkit4j.client.RemoteDaemon;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code buildctl debug dump-metadata}: what a state directory knows of its records, while no daemon uses it. */
final class MetadataCommand {
    static final List<Flag> FLAGS = List.of(
            Flag.option("root", "DIR", "the daemon's state directory; default /var/lib/buildkit4j"),
            Flag.alone("debug", "shows what is done to read it"));

    /** What every state directory has. */
    private static final String RECORDS = "metadata.db";

    private final PrintStream out;

    MetadataCommand(PrintStream out) {
        this.out = out;
    }

    void run(Arguments arguments) throws InterruptedException {
        Path root = Path.of(arguments.text("root").orElse("/var/lib/buildkit4j"));
        if (!Files.exists(root.resolve(RECORDS))) {
            throw new UsageFault(
                    "no state of a daemon in " + root + " (it has no " + RECORDS + "); name it with --root");
        }
        try (EmbeddedDaemon daemon = EmbeddedDaemon.start(Optional.of(root), arguments.on("debug"));
                Client client = RemoteDaemon.connect(daemon.address())) {
            new RecordDisplay(out).formatted("json", client.diskUsage(List.of()));
        }
        out.flush();
    }
}
