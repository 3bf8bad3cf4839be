package io.buildkit4j.exporter;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.ImageLayout;
import io.buildkit4j.image.Index;
import io.buildkit4j.image.Json;
import io.buildkit4j.image.MediaTypes;
import io.buildkit4j.image.Reference;
import io.buildkit4j.image.TarEntry;
import io.buildkit4j.image.TarWriter;
import io.buildkit4j.store.ContentStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An image as one tar: an OCI image layout and, for {@code docker load}, Docker's {@code manifest.json} over the same
 * blobs.
 */
final class ImageArchive {
    private final ContentStore content;
    private final AssembledImage image;

    ImageArchive(ContentStore content, AssembledImage image) {
        this.content = content;
        this.image = image;
    }

    void write(OutputStream out, List<Reference> names, boolean docker) throws IOException, InterruptedException {
        TarWriter tar = new TarWriter(out);
        file(tar, ImageLayout.MARK, ImageLayout.VERSION.getBytes(StandardCharsets.UTF_8));
        file(tar, "index.json", index(names).bytes());
        if (docker) {
            file(tar, "manifest.json", Json.bytes(dockerManifest(names)));
        }
        tar.put(TarEntry.of("blobs", TarEntry.Type.DIRECTORY, 0755, 0));
        tar.put(TarEntry.of("blobs/sha256", TarEntry.Type.DIRECTORY, 0755, 0));
        List<Descriptor> all = new ArrayList<>(image.blobs());
        all.addAll(image.documents());
        all.sort(Comparator.comparing(Descriptor::digest));
        for (Descriptor blob : all) {
            try (InputStream in = content.open(blob)) {
                tar.put(TarEntry.of(path(blob.digest()), TarEntry.Type.FILE, 0644, blob.size()), in);
            }
        }
        tar.finish();
    }

    private static String path(Digest digest) {
        return "blobs/" + digest.algorithm() + "/" + digest.hex();
    }

    private static void file(TarWriter tar, String name, byte[] bytes) throws IOException {
        tar.put(TarEntry.of(name, TarEntry.Type.FILE, 0644, bytes.length));
        tar.write(bytes, 0, bytes.length);
    }

    /** One line for each name, since a descriptor can bear only one. */
    private Index index(List<Reference> names) {
        List<Descriptor> lines = new ArrayList<>();
        for (Reference name : names) {
            Map<String, String> annotations = new LinkedHashMap<>(image.top().annotations());
            annotations.put(ImageLayout.IMAGE_NAME, name.toString());
            if (!name.tag().isEmpty()) {
                annotations.put(ImageLayout.REF_NAME, name.tag());
            }
            lines.add(image.top().withAnnotations(annotations));
        }
        return new Index(MediaTypes.OCI_INDEX, names.isEmpty() ? List.of(image.top()) : lines, Map.of());
    }

    /** What {@code docker load} has read since version 1.10. */
    private JsonArray dockerManifest(List<Reference> names) {
        JsonArray all = new JsonArray();
        for (AssembledImage.Part part : image.parts()) {
            JsonObject one = new JsonObject();
            one.addProperty("Config", path(part.manifest().config().digest()));
            JsonArray tags = new JsonArray();
            names.stream()
                    .filter(name -> !name.tag().isEmpty())
                    .map(ImageArchive::dockerName)
                    .forEach(tags::add);
            one.add("RepoTags", tags);
            JsonArray layers = new JsonArray();
            part.manifest().layers().forEach(layer -> layers.add(path(layer.digest())));
            one.add("Layers", layers);
            all.add(one);
        }
        return all;
    }

    /** Docker's own names are without its registry, but always with the tag. */
    private static String dockerName(Reference name) {
        String hub = Reference.DOCKER_HUB + "/";
        String full = name.name() + ":" + name.tag();
        String plain = full.startsWith(hub) ? full.substring(hub.length()) : full;
        return full.startsWith(hub) && plain.startsWith("library/") ? plain.substring("library/".length()) : plain;
    }
}
