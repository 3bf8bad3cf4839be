package io.buildkit4j.store.layer;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.store.LayerFormat;
import io.buildkit4j.store.content.BlobLedger;
import io.buildkit4j.store.metadata.Database;
import io.buildkit4j.store.metadata.DeferredWrites;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** Which blobs a snapshot's directory is known to be, in one or more compressions. */
public final class LayerNotes {
    private final Remembered notes;
    private final BlobLedger ledger;
    /** So that of two that add a blob to one note none is lost; held for a look and a put in memory. */
    private final ReentrantLock lock = new ReentrantLock();

    /** Keeps them in the database; the blobs stay as long as the snapshot that they are noted for. */
    public LayerNotes(Database database, DeferredWrites deferred, BlobLedger ledger) {
        this.ledger = ledger;
        notes = new Remembered("layer", database, deferred);
        for (String snapshot : notes.all().keySet()) {
            get(snapshot).forEach(form -> ledger.own(snapshot, form.blob().digest()));
        }
    }

    /** The snapshot is gone. */
    public void remove(String snapshot) {
        notes.remove(snapshot);
    }

    /** All snapshots that have notes. */
    public Set<String> snapshots() {
        return notes.all().keySet();
    }

    /**
     * A form of the layer.
     *
     * @param pulled it came from elsewhere: its bytes are somebody's who may have signed them
     * @param level that was asked for when it was made; -1 for none
     */
    record Form(Descriptor blob, Digest diffId, boolean pulled, int level) {
        /** Whether it is in the format, and was made with its level if that names one. */
        boolean fitsExactly(LayerFormat format) {
            return MediaTypes.fits(blob, format)
                    && (format.level() < 0
                            || format.level() == level
                            || format.method() == LayerFormat.Method.UNCOMPRESSED);
        }
    }

    List<Form> get(String snapshot) {
        Optional<String> note = notes.get(snapshot);
        List<Form> forms = new ArrayList<>();
        if (note.isPresent()) {
            for (JsonElement element : JsonParser.parseString(note.get()).getAsJsonArray()) {
                JsonObject json = element.getAsJsonObject();
                Descriptor blob = Descriptor.of(
                        json.get("mediaType").getAsString(),
                        Digest.parse(json.get("digest").getAsString()),
                        json.get("size").getAsLong());
                Map<String, String> annotations = new LinkedHashMap<>();
                if (json.has("annotations")) {
                    json.getAsJsonObject("annotations")
                            .asMap()
                            .forEach((key, value) -> annotations.put(key, value.getAsString()));
                }
                forms.add(new Form(
                        blob.withAnnotations(annotations),
                        Digest.parse(json.get("diffId").getAsString()),
                        json.has("pulled"),
                        json.has("level") ? json.get("level").getAsInt() : -1));
            }
        }
        return forms;
    }

    void put(String snapshot, Form form) {
        Descriptor blob = MediaTypes.own(form.blob);
        JsonObject json = new JsonObject();
        json.addProperty("mediaType", blob.mediaType());
        json.addProperty("digest", blob.digest().toString());
        json.addProperty("size", blob.size());
        json.addProperty("diffId", form.diffId.toString());
        if (!blob.annotations().isEmpty()) {
            JsonObject annotations = new JsonObject();
            blob.annotations().forEach(annotations::addProperty);
            json.add("annotations", annotations);
        }
        if (form.pulled) {
            json.addProperty("pulled", true);
        }
        if (form.level >= 0) {
            json.addProperty("level", form.level);
        }
        ledger.own(snapshot, blob.digest());
        lock.lock();
        try {
            JsonArray forms = notes.get(snapshot)
                    .map(note -> JsonParser.parseString(note).getAsJsonArray())
                    .orElseGet(JsonArray::new);
            if (!forms.contains(json)) {
                forms.add(json);
                notes.put(snapshot, forms.toString());
            }
        } finally {
            lock.unlock();
        }
    }
}
