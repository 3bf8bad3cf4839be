package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.UsageFault;
import io.buildkit4j.buildctl.flags.Arguments;
import io.buildkit4j.buildctl.flags.Flag;
import io.buildkit4j.buildctl.terminal.Terminal;
import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.SourcePlace;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.DockerfileExplanation;
import io.buildkit4j.frontend.DockerfileFault;
import io.buildkit4j.frontend.FrontendOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code buildctl dockerfile explain}: what a Dockerfile means, without a daemon. */
final class DockerfileCommand {
    /** Flags of the command. */
    static final List<Flag> FLAGS = List.of(
            Flag.option("format", "KIND", "text or json"),
            Flag.alone("dot", "writes the stages as a Graphviz picture"),
            Flag.alone("svg", "writes the stages as a picture in SVG"),
            Flag.repeated(
                    "opt", "KEY=VALUE", "an option of the frontend, such as target=STAGE or build-arg:NAME=VALUE"));

    private final Surroundings surroundings;

    DockerfileCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Reads the file, or standard input for {@code -}, and tells. */
    void explain(Arguments arguments) throws InterruptedException {
        if (arguments.rest().size() != 1) {
            throw new UsageFault("name one Dockerfile: buildctl dockerfile explain FILE (or - for standard input)");
        }
        String name = arguments.rest().getFirst();
        Map<String, String> options = new HashMap<>(arguments.pairs("opt"));
        PrintStream out = surroundings.out();
        try {
            DockerfileExplanation told = DockerfileExplanation.of(
                    Path.of(name).getFileName().toString(), text(name), FrontendOptions.parse(options));
            out.print(written(arguments, told));
            out.flush();
        } catch (DockerfileFault wrong) {
            DockerfileFault.Place place = wrong.place();
            List<String> lines = place.text().lines().toList();
            throw new ClientFault(
                    wrong.kind(), wrong.getMessage(), wrong, new SourcePlace(name, lines, place.first(), place.last()));
        }
    }

    private static String written(Arguments arguments, DockerfileExplanation told) {
        String format = arguments.text("format").orElse("text");
        if (arguments.on("dot") && arguments.on("svg")) {
            throw new UsageFault("--dot and --svg are two pictures: take one");
        }
        if (arguments.on("dot")) {
            return told.dot();
        }
        if (arguments.on("svg")) {
            return told.svg();
        }
        return switch (format) {
            case "json" -> told.json();
            case "text" -> told.text(columns());
            default -> throw new UsageFault("--format is text or json, not: " + format);
        };
    }

    private static int columns() {
        return Terminal.isTerminal(1) ? new Terminal().columns() : Integer.MAX_VALUE;
    }

    private String text(String name) {
        try {
            byte[] bytes = name.equals("-") ? surroundings.in().readAllBytes() : Files.readAllBytes(Path.of(name));
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new ClientFault(Kind.NOT_FOUND, "cannot read " + name + ": " + failed.getMessage(), failed);
        }
    }
}
