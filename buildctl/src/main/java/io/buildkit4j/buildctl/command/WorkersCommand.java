package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.flags.Arguments;
import io.buildkit4j.client.Client;
import io.buildkit4j.client.WorkerInfo;
import io.buildkit4j.image.Platform;
import java.io.PrintStream;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code buildctl debug workers}. */
final class WorkersCommand {
    private final PrintStream out;

    WorkersCommand(PrintStream out) {
        this.out = out;
    }

    void run(Arguments arguments, Client client) throws InterruptedException {
        if (Format.isJson(arguments)) {
            out.println(WorkerJson.of(client.workers(arguments.all("filter"))));
            return;
        }
        boolean verbose = arguments.on("verbose");
        if (!verbose) {
            out.printf("%-28s%s%n", "ID", "PLATFORMS");
        }
        for (WorkerInfo worker : client.workers(arguments.all("filter"))) {
            String platforms =
                    worker.platforms().stream().map(WorkersCommand::text).collect(Collectors.joining(","));
            if (verbose) {
                out.printf("ID:\t\t%s%nPlatforms:\t%s%nLabels:%n", worker.id(), platforms);
                new TreeMap<>(worker.labels()).forEach((name, value) -> out.printf("\t%s:\t%s%n", name, value));
                out.println();
            } else {
                out.printf("%-28s%s%n", worker.id(), platforms);
            }
        }
    }

    private static String text(Platform platform) {
        String text = platform.os() + "/" + platform.architecture();
        return platform.variant().isEmpty() ? text : text + "/" + platform.variant();
    }
}
