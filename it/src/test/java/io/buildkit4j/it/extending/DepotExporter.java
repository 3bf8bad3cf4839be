package io.buildkit4j.it.extending;

import io.buildkit4j.exporter.ExportContext;
import io.buildkit4j.exporter.ExportInput;
import io.buildkit4j.exporter.ExportSpec;
import io.buildkit4j.exporter.Exported;
import io.buildkit4j.exporter.Exporter;
import io.buildkit4j.exporter.ExporterFault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code type=depot,name=NAME}: the files of a result in a directory of the daemon's own machine. */
final class DepotExporter implements Exporter {
    private final Path depot;

    DepotExporter(Path depot) {
        this.depot = depot;
    }

    @Override
    public String type() {
        return "depot";
    }

    @Override
    public Exported export(ExportSpec.Added spec, ExportInput input, ExportContext context)
            throws InterruptedException {
        String name = spec.attribute("name").orElse("");
        if (!name.matches("[a-z0-9]+")) {
            throw new ExporterFault(
                    Kind.INVALID_ARGUMENT, "output type=depot needs a name of letters and digits: name=NAME");
        }
        try {
            copy(input.results().getFirst().ref().tree(), "/", Files.createDirectory(depot.resolve(name)));
        } catch (IOException failed) {
            throw new ExporterFault(Kind.INTERNAL, "cannot write to the depot: " + failed.getMessage(), failed);
        }
        context.progress().status("kept in the depot as " + name, 0, 0, true);
        return Exported.FILES;
    }

    private static void copy(TreeReader tree, String directory, Path to) throws IOException {
        for (TreeEntry entry : tree.list(directory)) {
            Path target = to.resolve(entry.name());
            if (entry.isDirectory()) {
                copy(tree, entry.path(), Files.createDirectory(target));
            } else if (entry.isFile()) {
                try (InputStream bytes = tree.open(entry)) {
                    Files.copy(bytes, target);
                }
            }
        }
    }
}
