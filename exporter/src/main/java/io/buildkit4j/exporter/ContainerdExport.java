package io.buildkit4j.exporter;

import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.ImageConfig;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Reference;
import io.buildkit4j.store.ContentStore;
import io.buildkit4j.wire.ContainerdImages;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Hands an image to containerd: its blobs, snapshots of its layers, and its names. Every document points with labels to what
 * it names, as containerd's garbage collection expects it; the names come last, so an image that is there is whole.
 */
final class ContainerdExport {
    private static final int BLOBS_AT_ONCE = 4;
    private static final String CONTENT = "containerd.io/gc.ref.content.";
    private static final String SNAPSHOT = "containerd.io/gc.ref.snapshot.";
    private static final String UNCOMPRESSED = "containerd.io/uncompressed";

    private final ContentStore content;
    private final ContainerdPlace place;
    private final ExportContext context;

    ContainerdExport(ContentStore content, ContainerdPlace place, ExportContext context) {
        this.content = content;
        this.place = place;
        this.context = context;
    }

    void export(AssembledImage image, List<Reference> names, boolean unpack) throws InterruptedException {
        try (ContainerdImages images = place.containerd().images()) {
            Map<Digest, Map<String, String>> labels = new HashMap<>();
            image.parts().forEach(part -> label(part, unpack, labels));
            if (image.indexed()) {
                Map<String, String> manifests =
                        labels.computeIfAbsent(image.top().digest(), fresh -> new HashMap<>());
                for (int i = 0; i < image.parts().size(); i++) {
                    manifests.put(
                            CONTENT + "m." + i, digest(image.parts().get(i).descriptor()));
                }
            }
            TaskScope.map("containerd", image.blobs(), BLOBS_AT_ONCE, blob -> put(images, blob, labels));
            for (Descriptor document : image.documents()) {
                put(images, document, labels);
            }
            for (AssembledImage.Part part : image.parts()) {
                if (unpack && isOwn(part)) {
                    unpack(images, part);
                }
            }
            for (Reference name : names) {
                images.name(name.toString(), blob(image.top()));
            }
        }
    }

    private ImageConfig config(AssembledImage.Part part) {
        return ImageConfig.parse(content.bytes(part.manifest().config()));
    }

    private boolean isOwn(AssembledImage.Part part) {
        return config(part).platform().equals(Platform.host());
    }

    private void label(AssembledImage.Part part, boolean unpack, Map<Digest, Map<String, String>> labels) {
        Map<String, String> manifest = labels.computeIfAbsent(part.descriptor().digest(), fresh -> new HashMap<>());
        manifest.put(CONTENT + "config", digest(part.manifest().config()));
        List<Digest> diffs = config(part).diffIds();
        List<Descriptor> layers = part.manifest().layers();
        for (int i = 0; i < layers.size(); i++) {
            manifest.put(CONTENT + "l." + i, digest(layers.get(i)));
            if (i < diffs.size()) {
                labels.computeIfAbsent(layers.get(i).digest(), fresh -> new HashMap<>())
                        .put(UNCOMPRESSED, diffs.get(i).toString());
            }
        }
        if (unpack && isOwn(part) && !diffs.isEmpty()) {
            labels.computeIfAbsent(part.manifest().config().digest(), fresh -> new HashMap<>())
                    .put(SNAPSHOT + place.snapshotter(), chains(diffs).getLast());
        }
    }

    private Descriptor put(ContainerdImages images, Descriptor blob, Map<Digest, Map<String, String>> labels)
            throws InterruptedException {
        String status = "giving containerd " + blob.digest();
        context.progress().status(status, 0, blob.size(), false);
        images.put(blob(blob), labels.getOrDefault(blob.digest(), Map.of()), () -> content.open(blob));
        context.progress().status(status, blob.size(), blob.size(), true);
        return blob;
    }

    private void unpack(ContainerdImages images, AssembledImage.Part part) throws InterruptedException {
        List<String> chains = chains(config(part).diffIds());
        List<Descriptor> layers = part.manifest().layers();
        Map<String, Descriptor> wanted = new LinkedHashMap<>();
        for (int i = 0; i < chains.size(); i++) {
            wanted.put(chains.get(i), layers.get(i));
        }
        String below = "";
        for (Map.Entry<String, Descriptor> layer : wanted.entrySet()) {
            String status = "unpacking " + layer.getValue().digest();
            context.progress().status(status, 0, 0, false);
            if (!images.hasSnapshot(place.snapshotter(), layer.getKey())) {
                images.unpack(
                        place.snapshotter(), new ContainerdImages.Layer(blob(layer.getValue()), below, layer.getKey()));
            }
            context.progress().status(status, 0, 0, true);
            below = layer.getKey();
        }
    }

    /** Names of the snapshots of layers one over the other, as the OCI image specification's ChainID. */
    private static List<String> chains(List<Digest> diffs) {
        List<String> chains = new ArrayList<>();
        for (Digest diff : diffs) {
            chains.add(
                    chains.isEmpty()
                            ? diff.toString()
                            : Digest.ofText(chains.getLast() + " " + diff).toString());
        }
        return chains;
    }

    private static ContainerdImages.Blob blob(Descriptor blob) {
        return new ContainerdImages.Blob(blob.mediaType(), digest(blob), blob.size());
    }

    private static String digest(Descriptor blob) {
        return blob.digest().toString();
    }
}
