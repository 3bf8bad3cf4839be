package io.buildkit4j.exporter;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.ImageConfig;
import io.buildkit4j.image.Index;
import io.buildkit4j.image.Manifest;
import io.buildkit4j.image.MediaTypes;
import io.buildkit4j.image.Platform;
import io.buildkit4j.solver.VertexProgress;
import io.buildkit4j.store.LayerBlob;
import io.buildkit4j.store.LayerFormat;
import io.buildkit4j.store.Store;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes layers, configuration, manifest and perhaps an index, and puts them into the content store. */
final class ImageAssembly {
    private final Store store;
    private final ImageOptions options;
    private final Optional<Instant> epoch;
    private final VertexProgress progress;
    private final boolean oci;

    ImageAssembly(Store store, ImageOptions options, Optional<Instant> epoch, VertexProgress progress) {
        this.store = store;
        this.options = options;
        this.epoch = epoch;
        this.progress = progress;
        this.oci = options.layers().ociMediaTypes();
    }

    AssembledImage assemble(ExportInput input) throws InterruptedException {
        checkAnnotations(input);
        if (options.rewriteTimes() && epoch.isEmpty()) {
            progress.warn(1, "rewrite-timestamp changes nothing without source-date-epoch", "", "");
        }
        progress.status("exporting layers", 0, 0, false);
        List<AssembledImage.Part> parts = new ArrayList<>();
        for (PlatformResult result : input.results()) {
            parts.add(part(result, input));
        }
        if (!input.multiPlatform()) {
            return new AssembledImage(parts.getFirst().descriptor(), parts, false);
        }
        Index index = new Index(
                oci ? MediaTypes.OCI_INDEX : MediaTypes.DOCKER_INDEX,
                parts.stream().map(AssembledImage.Part::descriptor).toList(),
                annotations(ImageOptions.Place.INDEX, Optional.empty()));
        Descriptor top = store.content().put(index.mediaType(), index.bytes());
        done("exporting manifest list " + top.digest());
        return new AssembledImage(
                top.withAnnotations(annotations(ImageOptions.Place.INDEX_DESCRIPTOR, Optional.empty())), parts, true);
    }

    private AssembledImage.Part part(PlatformResult result, ExportInput input) throws InterruptedException {
        List<LayerBlob> layers = store.layers(result.ref(), format());
        done("exporting layers");
        ImageConfig completed = complete(result, layers);
        ImageConfig config = input.inline()
                .map(records -> InlineCache.add(records, completed, layers))
                .orElse(completed);
        Descriptor configBlob =
                store.content().put(oci ? MediaTypes.OCI_CONFIG : MediaTypes.DOCKER_CONFIG, config.bytes());
        done("exporting config " + configBlob.digest());
        Platform platform = result.platform();
        Manifest manifest = new Manifest(
                oci ? MediaTypes.OCI_MANIFEST : MediaTypes.DOCKER_MANIFEST,
                configBlob,
                layers.stream().map(layer -> named(layer.blob())).toList(),
                annotations(ImageOptions.Place.MANIFEST, Optional.of(platform)));
        Descriptor descriptor = store.content()
                .put(manifest.mediaType(), manifest.bytes())
                .withAnnotations(annotations(ImageOptions.Place.MANIFEST_DESCRIPTOR, Optional.of(platform)));
        done("exporting manifest " + descriptor.digest());
        return new AssembledImage.Part(
                input.multiPlatform() ? descriptor.withPlatform(platform) : descriptor, manifest);
    }

    private LayerFormat format() {
        return options.rewriteTimes() ? options.layers().withLatest(epoch) : options.layers();
    }

    private void checkAnnotations(ExportInput input) {
        List<Platform> made = input.results().stream()
                .map(result -> result.platform().normalized())
                .toList();
        for (ImageOptions.Annotation annotation : options.annotations()) {
            if (annotation.platform().filter(wanted -> !made.contains(wanted)).isPresent()) {
                throw new ExporterFault(
                        Kind.INVALID_ARGUMENT,
                        "annotation " + annotation.key() + " is for "
                                + annotation.platform().get() + ", which is not built");
            }
        }
    }

    /** A layer that was pulled may have a name of the other family. Annotations are the store's, of the blob itself. */
    private Descriptor named(Descriptor blob) {
        return Descriptor.of(MediaTypes.layer(blob.mediaType(), oci), blob.digest(), blob.size())
                .withAnnotations(oci ? blob.annotations() : Map.of());
    }

    private ImageConfig complete(PlatformResult result, List<LayerBlob> layers) {
        ImageConfig given = result.config().orElseGet(() -> ImageConfig.minimal(result.platform()));
        ImageConfig placed = given.platform().architecture().isEmpty() ? given.withPlatform(result.platform()) : given;
        List<ImageConfig.History> history = new HistoryCompletion(layers, epoch).complete(placed.history());
        List<Digest> diffIds = layers.stream().map(LayerBlob::diffId).toList();
        ImageConfig layered = placed.withLayers(diffIds, history);
        return epoch.or(placed::created)
                .or(() -> history.stream()
                        .flatMap(step -> step.created().stream())
                        .reduce((earlier, later) -> later))
                .map(layered::withCreated)
                .orElse(layered);
    }

    private Map<String, String> annotations(ImageOptions.Place place, Optional<Platform> platform) {
        Map<String, String> all = new TreeMap<>();
        for (ImageOptions.Annotation annotation : options.annotations()) {
            boolean here = annotation.platform().isEmpty()
                    || platform.map(Platform::normalized).equals(annotation.platform());
            if (annotation.place() == place && here) {
                all.put(annotation.key(), annotation.value());
            }
        }
        return all;
    }

    private void done(String status) {
        progress.status(status, 0, 0, true);
    }
}
