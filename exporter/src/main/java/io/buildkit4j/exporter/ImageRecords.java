package io.buildkit4j.exporter;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.Index;
import io.buildkit4j.image.Manifest;
import io.buildkit4j.image.MediaTypes;
import io.buildkit4j.image.Reference;
import io.buildkit4j.store.MetadataTable;
import io.buildkit4j.store.RecordKeeper;
import io.buildkit4j.store.RecordType;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.UsageRecord;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Images that have names in the content store's index, as records: each keeps its manifests, configurations and layers
 * until rules or somebody remove it, and the name goes with it. An image that has lost a blob is forgotten.
 */
final class ImageRecords implements RecordKeeper {
    private static final String PREFIX = "image/";

    private final Store store;
    private final LayoutIndex layout;
    private final MetadataTable named;

    /** Takes over what is named already. */
    ImageRecords(Store store, LayoutIndex layout) {
        this.store = store;
        this.layout = layout;
        named = store.table("images");
        layout.named().forEach((name, image) -> keep(name, image.image()));
    }

    /** Lets the names mean this image, and keeps it. */
    void name(Descriptor image, List<Reference> names) {
        layout.name(image, names);
        for (Reference reference : names) {
            String name = reference.toString();
            byte[] now = Instant.now().toString().getBytes(StandardCharsets.US_ASCII);
            named.putLater(name, now);
            keep(name, image);
        }
    }

    private void keep(String name, Descriptor image) {
        Set<Digest> blobs = new LinkedHashSet<>();
        if (collect(image, blobs)) {
            store.own(PREFIX + name, List.copyOf(blobs));
        } else {
            forget(name);
        }
    }

    /** Whether all is there. */
    boolean isWhole(Descriptor image) {
        return collect(image, new LinkedHashSet<>());
    }

    private boolean collect(Descriptor blob, Set<Digest> blobs) {
        if (store.content().size(blob.digest()).isEmpty()) {
            return false;
        }
        if (!blobs.add(blob.digest())) {
            return true;
        }
        List<Descriptor> below = new ArrayList<>();
        try {
            if (MediaTypes.isIndex(blob.mediaType())) {
                below.addAll(Index.parse(store.content().bytes(blob)).manifests());
            } else if (MediaTypes.isManifest(blob.mediaType())) {
                Manifest manifest = Manifest.parse(store.content().bytes(blob));
                below.add(manifest.config());
                below.addAll(manifest.layers());
            }
        } catch (Fault damaged) {
            return false;
        }
        return below.stream().allMatch(each -> collect(each, blobs));
    }

    private long forget(String name) {
        layout.forget(name);
        named.removeLater(name);
        return store.release(PREFIX + name);
    }

    @Override
    public List<UsageRecord> usage() {
        List<UsageRecord> records = new ArrayList<>();
        for (Map.Entry<String, LayoutIndex.Named> image : layout.named().entrySet()) {
            records.add(record(image.getKey()));
        }
        return records;
    }

    private UsageRecord record(String name) {
        Instant since = named.get(name).map(ImageRecords::time).orElse(Instant.EPOCH);
        return new UsageRecord(
                PREFIX + name,
                List.of(),
                false,
                false,
                false,
                store.paid(PREFIX + name),
                since,
                Optional.of(since),
                0,
                new RefDescription("image " + name, RecordType.INTERNAL));
    }

    private static Instant time(byte[] text) {
        try {
            return Instant.parse(new String(text, StandardCharsets.US_ASCII));
        } catch (DateTimeException damaged) {
            return Instant.EPOCH;
        }
    }

    @Override
    public Optional<Long> remove(String id) {
        if (!id.startsWith(PREFIX) || !layout.named().containsKey(id.substring(PREFIX.length()))) {
            return Optional.empty();
        }
        return Optional.of(forget(id.substring(PREFIX.length())));
    }
}
