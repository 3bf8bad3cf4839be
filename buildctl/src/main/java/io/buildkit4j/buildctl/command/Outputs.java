package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.UsageFault;
import io.buildkit4j.buildctl.flags.Arguments;
import io.buildkit4j.buildctl.output.Fields;
import io.buildkit4j.buildctl.terminal.Terminal;
import io.buildkit4j.client.SolveRequest.Export;
import io.buildkit4j.client.SolveRequest.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads outputs from today's {@code --output type=…} and 2017's {@code --exporter} with {@code --exporter-opt}. */
final class Outputs {
    private Outputs() {}

    static List<Export> read(Arguments arguments) {
        List<Export> exports = new ArrayList<>();
        for (String output : arguments.all("output")) {
            Map<String, String> fields = Fields.parse("output", output);
            String type = fields.remove("type");
            if (type == null || type.isEmpty()) {
                throw new UsageFault("--output needs a type, as in --output type=oci,dest=image.tar; got: " + output);
            }
            exports.add(export(type, fields));
        }
        arguments.text("exporter").ifPresent(type -> {
            Map<String, String> fields = new LinkedHashMap<>(arguments.pairs("exporter-opt"));
            String directory = fields.remove("output");
            if (directory != null) {
                fields.put("dest", directory);
            }
            exports.add(export(type, fields));
        });
        if (exports.isEmpty() && !arguments.all("exporter-opt").isEmpty()) {
            throw new UsageFault("--exporter-opt needs --exporter NAME");
        }
        return exports;
    }

    private static Export export(String type, Map<String, String> fields) {
        String destination = fields.remove("dest");
        return switch (type) {
            case "local" -> {
                if (destination == null || destination.isEmpty() || destination.equals("-")) {
                    throw new UsageFault("output type=local needs a directory: dest=DIR");
                }
                yield new Export(type, fields, new Target.Directory(Path.of(destination)));
            }
            case "oci", "docker" -> {
                boolean layout = List.of("false", "0", "f").contains(fields.getOrDefault("tar", ""));
                if (layout && (destination == null || destination.isEmpty() || destination.equals("-"))) {
                    throw new UsageFault("output type=" + type + ",tar=false needs a directory: dest=DIR");
                }
                yield new Export(
                        type,
                        fields,
                        layout && destination != null
                                ? new Target.Layout(Path.of(destination))
                                : stream(type, destination));
            }
            case "tar" -> new Export(type, fields, stream(type, destination));
            case "registry" -> {
                fields.put("push", "true");
                yield new Export("image", fields, new Target.Nowhere());
            }
            default -> new Export(type, fields, new Target.Nowhere());
        };
    }

    private static Target stream(String type, @org.jspecify.annotations.Nullable String destination) {
        if (destination != null && !destination.isEmpty() && !destination.equals("-")) {
            return new Target.File(Path.of(destination));
        }
        if (Terminal.isTerminal(1)) {
            throw new UsageFault("output type=" + type + " would write an archive to the terminal; give dest=FILE");
        }
        return new Target.StandardOutput();
    }
}
