package io.buildkit4j.buildd.build;

import io.buildkit4j.exporter.CacheRecords;
import io.buildkit4j.exporter.CacheSpec;
import io.buildkit4j.exporter.RemoteCaches;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.worker.ImportedCache;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The caches that a build is helped by, each read once, until the build ends. Safe for any thread. */
final class CacheImports implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Set<CacheSpec.Place> known = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<ImportedCache.Open> open = new ConcurrentLinkedQueue<>();

    /** Reads them. One that cannot be read helps nobody, which the user is shown and which fails no build. */
    void add(Site site, List<CacheSpec> specs) throws InterruptedException {
        for (CacheSpec spec : specs) {
            if (known.add(spec.place())) {
                add(site, spec);
            }
        }
    }

    private void add(Site site, CacheSpec spec) throws InterruptedException {
        try {
            OwnStep.run(
                    site.request().ref() + " import " + spec.place(),
                    "importing cache manifest from " + spec.describe(),
                    site.events(),
                    progress -> {
                        RemoteCaches.Fetched fetched = site.workshop().caches().read(spec, site.session(PATIENCE));
                        open.add(site.workshop().worker().importCache(cache(fetched)));
                        return spec;
                    });
        } catch (Fault shown) {
            // its step says why
        }
    }

    private static ImportedCache cache(RemoteCaches.Fetched fetched) {
        CacheRecords records = fetched.records();
        return new ImportedCache(
                records.known().stream()
                        .map(each -> new ImportedCache.Known(each.key(), each.created(), each.layers()))
                        .toList(),
                records.aliases(),
                fetched.source());
    }

    @Override
    public void close() {
        ImportedCache.Open next = open.poll();
        while (next != null) {
            next.close();
            next = open.poll();
        }
    }
}
