package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.BlobSource;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.ImageConfig;
import io.buildkit4j.solver.CacheMap;
import io.buildkit4j.solver.JobContext;
import io.buildkit4j.store.LayerBlob;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The file system of an image. Its first key is the digest that its name stands for, its second the digests of its layers:
 * under that, two names of the same content meet. Layers are fetched when the step is run, or even later when it is known
 * of no step that looks inside: an image that gets a label and goes to a registry needs none of them.
 */
final class ImageStep implements Step {
    private final ImageOrigin origin;
    private final OptionalInt layerLimit;
    private final Optional<Digest> checksum;
    private final Place place;

    /** An image of which perhaps only the first layers are wanted, or only if it has that digest. */
    ImageStep(ImageOrigin origin, OptionalInt layerLimit, Optional<Digest> checksum, Place place) {
        this.origin = origin;
        this.layerLimit = layerLimit;
        this.checksum = checksum;
        this.place = place;
    }

    /**
     * Where the layers go.
     *
     * @param seen whether it is known that a step will look inside
     */
    record Place(Store store, boolean seen) {}

    @Override
    public CacheMap<Ref> cacheMap(JobContext<Ref> context, int index) throws InterruptedException {
        if (index == 0) {
            Digest digest = origin.digest(context.sessions());
            check(digest);
            origin.renew(digest, context.sessions());
            KeyParts parts = new KeyParts("image").add("image", digest).add("platform", origin.platform());
            layerLimit.ifPresent(limit -> parts.add("layer limit", limit));
            return parts.first(List.of());
        }
        ImageResolver.Resolved image = origin.resolve(context.sessions());
        return new KeyParts("layers")
                .each("layer", limited(image.config().diffIds()))
                .last(List.of());
    }

    private void check(Digest digest) {
        if (checksum.isPresent() && !checksum.get().equals(digest)) {
            throw new WorkerFault(
                    Kind.DATA_LOSS,
                    "image " + origin.reference() + " has digest " + digest + ", not the wanted " + checksum.get());
        }
    }

    private <T> List<T> limited(List<T> layers) {
        int limit = layerLimit.orElse(layers.size());
        return layers.subList(0, Math.min(Math.max(limit, 0), layers.size()));
    }

    @Override
    public List<Ref> run(JobContext<Ref> context, List<Ref> inputs) throws InterruptedException {
        String resolving = "resolve " + origin.reference();
        context.progress().status(resolving, 0, 0, false);
        ImageResolver.Resolved image = origin.resolve(context.sessions());
        context.progress().status(resolving, 0, 0, true);
        BlobSource source = origin.layers(image, context.sessions());
        List<LayerBlob> layers = limited(layers(image));
        return List.of(
                place.seen || !origin.stays()
                        ? place.store.unpack(layers, source, new PacedProgress(context.progress()))
                        : place.store.defer(layers, source));
    }

    private List<LayerBlob> layers(ImageResolver.Resolved image) {
        List<Descriptor> blobs = image.manifest().layers();
        List<Digest> diffIds = image.config().diffIds();
        if (blobs.size() != diffIds.size()) {
            throw new WorkerFault(
                    Kind.INVALID_ARGUMENT,
                    "image " + origin.reference() + " is not a file system: its manifest has " + blobs.size()
                            + " layers, its configuration " + diffIds.size());
        }
        List<ImageConfig.History> history = image.config().history().stream()
                .filter(step -> !step.emptyLayer())
                .toList();
        boolean told = history.size() == blobs.size();
        List<LayerBlob> layers = new ArrayList<>();
        for (int i = 0; i < blobs.size(); i++) {
            Optional<Instant> created = told ? history.get(i).created() : Optional.empty();
            String description = told ? history.get(i).createdBy() : "pulled from " + origin.reference();
            layers.add(new LayerBlob(blobs.get(i), diffIds.get(i), created, description));
        }
        return layers;
    }
}
