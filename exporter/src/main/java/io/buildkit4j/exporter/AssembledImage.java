package io.buildkit4j.exporter;

import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Manifest;
import io.buildkit4j.image.Reference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image whose every part is in the content store.
 *
 * @param top manifest or index, with the annotations that stand beside it
 */
record AssembledImage(Descriptor top, List<Part> parts, boolean indexed) {
    /** One platform's manifest. */
    record Part(Descriptor descriptor, Manifest manifest) {}

    /** What manifests need, each once: layers and configurations. */
    List<Descriptor> blobs() {
        Map<String, Descriptor> all = new LinkedHashMap<>();
        for (Part part : parts) {
            part.manifest()
                    .layers()
                    .forEach(layer -> all.putIfAbsent(layer.digest().toString(), layer));
            Descriptor config = part.manifest().config();
            all.putIfAbsent(config.digest().toString(), config);
        }
        return new ArrayList<>(all.values());
    }

    /** The documents, what is named before what names it. */
    List<Descriptor> documents() {
        List<Descriptor> all = new ArrayList<>();
        parts.forEach(part -> all.add(part.descriptor));
        if (indexed) {
            all.add(top);
        }
        return all;
    }

    Exported exported(List<Reference> names) {
        return new Exported(
                Optional.of(top),
                indexed
                        ? Optional.empty()
                        : Optional.of(parts.getFirst().manifest.config().digest()),
                names.stream().map(Reference::toString).toList());
    }
}
