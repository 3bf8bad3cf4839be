package io.buildkit4j.worker;

import io.buildkit4j.llb.SourceId;
import io.buildkit4j.solver.CacheMap;
import io.buildkit4j.solver.JobContext;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import java.util.List;
import java.util.Optional;

/** What a source brings that was added to this daemon. */
record AddedSourceStep(Source source, Source.Wanted wanted, String name, Store store) implements Step {
    private static final String MARK = "://";

    /** The step of the source whose scheme it is, if there is one. */
    static Optional<Step> find(List<Source> sources, SourceId.Unknown id, String name, Store store) {
        int end = id.identifier().indexOf(MARK);
        String scheme = id.identifier().substring(0, Math.max(0, end));
        return sources.stream()
                .filter(source -> source.scheme().equals(scheme))
                .findFirst()
                .map(source -> new AddedSourceStep(
                        source,
                        new Source.Wanted(id.identifier().substring(end + MARK.length()), id.rest()),
                        name,
                        store));
    }

    @Override
    public CacheMap<Ref> cacheMap(JobContext<Ref> context, int index) throws InterruptedException {
        KeyParts parts =
                new KeyParts(source.scheme()).add("place", wanted.place()).add("version", source.version(wanted));
        wanted.attributes().forEach(attribute -> parts.add(attribute.key(), attribute.value()));
        return parts.last(List.of());
    }

    @Override
    public List<Ref> run(JobContext<Ref> context, List<Ref> inputs) throws InterruptedException {
        try (Ref scratch = store.scratch();
                ActiveRef active = store.begin(scratch, RefDescription.regular(name))) {
            source.fetch(wanted, source.version(wanted), active.tree());
            return List.of(active.commit());
        }
    }
}
