package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.UsageFault;
import io.buildkit4j.buildctl.flags.Arguments;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.Dump;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code buildctl debug dump-llb}: shows a definition without asking a daemon. */
final class DumpCommand {
    private final Surroundings surroundings;

    DumpCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    void run(Arguments arguments) {
        List<String> files = arguments.rest();
        if (files.size() > 1) {
            throw new UsageFault("dump-llb reads one file; there are " + files.size());
        }
        String file = files.isEmpty() ? "-" : files.getFirst();
        Definition definition = Definition.decodeOrScratch(read(file));
        surroundings.out().print(arguments.on("dot") ? Dump.dot(definition) : Dump.jsonLines(definition));
    }

    private byte[] read(String file) {
        try {
            return file.equals("-") ? surroundings.in().readAllBytes() : Files.readAllBytes(Path.of(file));
        } catch (IOException failed) {
            throw new UsageFault("the definition cannot be read: " + failed.getMessage());
        }
    }
}
