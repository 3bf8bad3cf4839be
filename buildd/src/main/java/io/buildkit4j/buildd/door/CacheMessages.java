package io.buildkit4j.buildd.door;

import io.buildkit4j.buildd.build.BuildRequest;
import io.buildkit4j.exporter.CacheSpec;
import io.buildkit4j.wire.proto.control.CacheOptions;
import io.buildkit4j.wire.proto.gateway.SolveRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Caches that clients and frontends name, in the forms of 2017 and of today. */
final class CacheMessages {
    /** Of frontends: references of images, separated by commas. */
    private static final String OPTION = "cache-from";

    private CacheMessages() {}

    static BuildRequest.Caches caches(io.buildkit4j.wire.proto.control.SolveRequest message) {
        CacheOptions options = message.getCache();
        List<CacheSpec> imports = new ArrayList<>();
        options.getImportsList()
                .forEach(entry -> imports.add(CacheSpec.parseImport(entry.getType(), entry.getAttrsMap())));
        options.getImportRefsDeprecatedList().forEach(reference -> imports.add(CacheSpec.registryImport(reference)));
        imports.addAll(option(message.getFrontendAttrsMap()));
        List<CacheSpec> exports = new ArrayList<>();
        options.getExportsList().forEach(entry -> exports.add(CacheSpec.export(entry.getType(), entry.getAttrsMap())));
        if (!options.getExportRefDeprecated().isEmpty()) {
            exports.add(CacheSpec.export("registry", Map.of("ref", options.getExportRefDeprecated())));
        }
        return new BuildRequest.Caches(imports, exports.stream().distinct().toList());
    }

    static List<CacheSpec> imports(SolveRequest request) {
        List<CacheSpec> imports = new ArrayList<>();
        request.getCacheImportsList()
                .forEach(entry -> imports.add(CacheSpec.parseImport(entry.getType(), entry.getAttrsMap())));
        imports.addAll(option(request.getFrontendOptMap()));
        return imports;
    }

    private static List<CacheSpec> option(Map<String, String> options) {
        List<CacheSpec> imports = new ArrayList<>();
        for (String reference : options.getOrDefault(OPTION, "").split(",", -1)) {
            if (!reference.isBlank()) {
                imports.add(CacheSpec.registryImport(reference.strip()));
            }
        }
        return imports;
    }
}
