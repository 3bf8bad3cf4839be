package io.buildkit4j.exporter;

import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Reference;
import io.buildkit4j.image.Registries;
import io.buildkit4j.image.Repository;
import io.buildkit4j.store.ContentStore;
import java.util.List;
import java.util.Optional;

/** Uploads an image under each of its names: blobs at once, then the documents that name them. */
final class ImagePush {
    private static final int NAMES_AT_ONCE = 4;
    private static final int BLOBS_AT_ONCE = 4;

    private final ContentStore content;
    private final Registries registries;
    private final ExportContext context;

    ImagePush(ContentStore content, Registries registries, ExportContext context) {
        this.content = content;
        this.registries = registries;
        this.context = context;
    }

    void push(AssembledImage image, ExportSpec.Image spec) throws InterruptedException {
        List<Reference> names = spec.options().names();
        TaskScope.map("push", names, NAMES_AT_ONCE, name -> {
            push(image, spec, name);
            return name;
        });
    }

    private void push(AssembledImage image, ExportSpec.Image spec, Reference name) throws InterruptedException {
        Repository repository = registries.openForPush(name, new SessionLogin(context.session()), spec.insecure());
        TaskScope.map("push " + name.host(), image.blobs(), BLOBS_AT_ONCE, blob -> {
            String status = "pushing layer " + blob.digest();
            repository.push(blob, content, sent -> context.progress().status(status, sent, blob.size(), false));
            context.progress().status(status, blob.size(), blob.size(), true);
            return blob;
        });
        String status = "pushing manifest for " + name + "@" + image.top().digest();
        context.progress().status(status, 0, 0, false);
        for (Descriptor document : image.documents()) {
            boolean top = document.digest().equals(image.top().digest());
            boolean tagged = top && !spec.byDigest() && !name.tag().isEmpty();
            repository.pushManifest(
                    document.mediaType(), content.bytes(document), tagged ? Optional.of(name.tag()) : Optional.empty());
        }
        context.progress().status(status, 0, 0, true);
    }
}
