package io.buildkit4j.client.door;

import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.SolveRequest;
import io.buildkit4j.client.SolveRequest.Export;
import io.buildkit4j.client.SolveRequest.Target;
import io.buildkit4j.client.credential.DockerLogins;
import io.buildkit4j.client.files.ByteTarget;
import io.buildkit4j.client.files.DirectoryTarget;
import io.buildkit4j.client.files.LayoutSource;
import io.buildkit4j.client.files.LayoutTarget;
import io.buildkit4j.client.files.LocalCaches;
import io.buildkit4j.client.files.LocalDirectory;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.FileSource;
import io.buildkit4j.wire.FileTarget;
import io.buildkit4j.wire.Session.DirectoryRequest;
import io.buildkit4j.wire.Session.SendTarget;
import io.buildkit4j.wire.SessionContent;
import io.buildkit4j.wire.SessionOffer;
import io.buildkit4j.wire.WireFault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a build may have of this machine: its directories, its outputs' places, the user's logins. */
final class Offers {
    private final Map<String, Path> locals;
    private final List<Export> exports;
    private final Map<String, Path> caches;
    private final Map<String, LayoutSource> images = new HashMap<>();
    private final DockerLogins logins;

    private Offers(SolveRequest request) {
        locals = request.locals();
        exports = request.exports();
        caches = LocalCaches.stores(request);
        logins = new DockerLogins(System.getenv(), request.permits().registries());
        request.permits()
                .layouts()
                .forEach((name, path) -> images.put(LayoutSource.PREFIX + name, new LayoutSource(path)));
    }

    /** Looks at the places first: a build whose result has no place is not worth its time. */
    static SessionOffer of(SolveRequest request) {
        request.locals().forEach((name, path) -> {
            if (!Files.isDirectory(path)) {
                throw new ClientFault(Kind.NOT_FOUND, "local directory " + name + ": " + path + " is not a directory");
            }
        });
        request.exports().forEach(export -> check(export.target()));
        Granted.check(request.permits());
        if (!request.locals().isEmpty()) {
            LocalDirectory.prepare();
        }
        Offers offers = new Offers(request);
        Path here = Path.of("").toAbsolutePath().getFileName();
        boolean returns = request.exports().stream().anyMatch(export -> !(export.target() instanceof Target.Nowhere));
        return new SessionOffer(
                here == null ? "" : here.toString(),
                SharedKey.of(request.locals()),
                Optional.of(offers::directory),
                returns ? Optional.of(offers::target) : Optional.empty(),
                Optional.of(offers.logins),
                Granted.secrets(request.permits()),
                Granted.agents(request.permits()),
                offers.layout().isPresent() || !offers.caches.isEmpty() || !offers.images.isEmpty()
                        ? Optional.of(offers::store)
                        : Optional.empty());
    }

    private static void check(Target target) {
        switch (target) {
            case Target.Nowhere nowhere -> {}
            case Target.StandardOutput output -> {}
            case Target.Directory(Path path) -> DirectoryTarget.check(path);
            case Target.File(Path path) -> ByteTarget.check(path);
            case Target.Layout(Path path) -> DirectoryTarget.check(path);
        }
    }

    private FileSource directory(DirectoryRequest request) {
        Path path = locals.get(request.name());
        if (path == null) {
            throw new WireFault(Kind.NOT_FOUND, "local directory " + request.name() + " not enabled");
        }
        return LocalDirectory.open(path, request);
    }

    private Optional<Path> layout() {
        return LayoutTarget.of(exports);
    }

    /** The name is the daemon's: it knows of one image layout that it fills. */
    private SessionContent store(String name) {
        LayoutSource source = images.get(name);
        if (source != null) {
            return source;
        }
        Path cache = caches.get(name);
        if (cache != null) {
            return new LayoutTarget(cache);
        }
        Path path = layout().filter(there -> name.equals("export"))
                .orElseThrow(() -> new WireFault(Kind.NOT_FOUND, "unknown store " + name));
        return new LayoutTarget(path);
    }

    private FileTarget target(SendTarget target) {
        int index = target.exporterId().isEmpty() ? only() : index(target.exporterId());
        if (index < 0 || index >= exports.size()) {
            throw new WireFault(Kind.NOT_FOUND, "no output is expected for exporter " + target.exporterId());
        }
        return switch (exports.get(index).target()) {
            case Target.Nowhere nowhere ->
                throw new WireFault(
                        Kind.FAILED_PRECONDITION,
                        "exporter " + exports.get(index).type() + " sends its result, but no place for it is given");
            case Target.StandardOutput output -> ByteTarget.standardOutput();
            case Target.Directory(Path path) -> new FileTarget.Tree(DirectoryTarget.open(path));
            case Target.File(Path path) -> ByteTarget.open(path);
            case Target.Layout layout ->
                throw new WireFault(Kind.FAILED_PRECONDITION, "an image layout is taken blob by blob");
        };
    }

    /** Old daemons name no exporter: it is the one that sends something. */
    private int only() {
        for (int i = 0; i < exports.size(); i++) {
            if (!(exports.get(i).target() instanceof Target.Nowhere)) {
                return i;
            }
        }
        return -1;
    }

    private static int index(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException foreign) {
            return -1;
        }
    }
}
