package io.buildkit4j.worker;

import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.InputRule;
import io.buildkit4j.store.ContentQuery;
import io.buildkit4j.store.Ref;
import java.util.List;
import java.util.Optional;

/** Content digests of the parts of an input that a step sees. */
final class ContentDigests {
    private ContentDigests() {}

    /** Of all that the queries select. */
    static Optional<InputRule.ContentDigest<Ref>> of(List<ContentQuery> queries) {
        return Optional.of((context, input) -> {
            KeyParts parts = new KeyParts("content");
            input.fetch(new PacedProgress(context.progress()));
            for (ContentQuery query : queries) {
                Digest digest = input.contentDigest(query);
                parts.add("files", digest);
            }
            return parts.keyed();
        });
    }
}
