package io.buildkit4j.buildd.build;

import io.buildkit4j.buildd.history.BuildRecord.Setting;
import io.buildkit4j.exporter.CacheRecords;
import io.buildkit4j.exporter.CacheSpec;
import io.buildkit4j.exporter.ExportContext;
import io.buildkit4j.exporter.ExportInput;
import io.buildkit4j.exporter.ExportSpec;
import io.buildkit4j.exporter.PlatformResult;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Json;
import io.buildkit4j.store.LayerFormat;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes what a build has made known to where the client wants it. */
final class CacheExports {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Site site;
    private final List<PlatformResult> results;

    CacheExports(Site site, List<PlatformResult> results) {
        this.site = site;
        this.results = results;
    }

    /** What an output is made of: with the cache inside, where that is asked for and the output is an image. */
    ExportInput inline(ExportInput plain, ExportSpec spec, BuildRequest.Caches caches) throws InterruptedException {
        boolean asked = caches.exports().stream().anyMatch(cache -> cache.place() instanceof CacheSpec.Place.Inline);
        Optional<LayerFormat> format = switch (spec) {
            case ExportSpec.Image image -> Optional.of(image.options().layers());
            case ExportSpec.Archive archive -> Optional.of(archive.options().layers());
            case ExportSpec.Files _, ExportSpec.Added _ -> Optional.empty();
        };
        return asked && format.isPresent()
                ? plain.withInline(new CacheCollection(site).collect(results, false, format.get()))
                : plain;
    }

    /** Fills all caches but those inside images; answers what the client is told. */
    List<Setting> run(BuildRequest.Caches caches) throws InterruptedException {
        List<Setting> answer = new ArrayList<>();
        for (CacheSpec spec : caches.exports()) {
            if (!(spec.place() instanceof CacheSpec.Place.Inline)) {
                write(spec)
                        .ifPresent(manifest -> answer.add(new Setting(
                                "cache.manifest", new String(Json.bytes(manifest.toJson()), StandardCharsets.UTF_8))));
            }
        }
        return answer;
    }

    private Optional<Descriptor> write(CacheSpec spec) throws InterruptedException {
        try {
            return OwnStep.run(site.request().ref() + " cache " + spec.place(), name(spec), site.events(), progress -> {
                progress.status("preparing build cache for export", 0, 0, false);
                CacheRecords records = new CacheCollection(site).collect(results, spec.whole(), spec.layers());
                progress.status("preparing build cache for export", 0, 0, true);
                ExportContext context = new ExportContext(site.session(PATIENCE), progress);
                return site.workshop().caches().write(spec, records, context);
            });
        } catch (Fault failed) {
            if (!spec.forgiving()) {
                throw failed;
            }
            return Optional.empty(); // its step says why
        }
    }

    private static String name(CacheSpec spec) {
        return switch (spec.place()) {
            case CacheSpec.Place.Registry registry -> "exporting cache to registry";
            case CacheSpec.Place.Local local -> "exporting cache to client directory";
            case CacheSpec.Place.Inline inline -> "exporting inline cache";
        };
    }
}
