package io.buildkit4j.exporter;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.solver.VertexProgress;
import io.buildkit4j.store.ContentStore;
import io.buildkit4j.wire.SessionContent;
import java.io.IOException;
import java.io.InputStream;

/** Sends an image into a content store of the client, what is named before what names it; the client lists it itself. */
final class LayoutExport {
    private static final int AT_ONCE = 4;

    private final ContentStore from;
    private final SessionContent to;
    private final VertexProgress progress;

    LayoutExport(ContentStore from, SessionContent to, VertexProgress progress) {
        this.from = from;
        this.to = to;
        this.progress = progress;
    }

    void send(AssembledImage image) throws InterruptedException {
        TaskScope.map("layout", image.blobs(), AT_ONCE, this::send);
        for (Descriptor document : image.documents()) {
            send(document);
        }
    }

    private Descriptor send(Descriptor blob) throws InterruptedException {
        String status = "sending " + blob.digest();
        progress.status(status, 0, blob.size(), false);
        if (to.size(blob.digest().toString()).isEmpty()) {
            try (InputStream in = from.open(blob)) {
                to.put(blob.digest().toString(), blob.size(), in);
            } catch (IOException failed) {
                throw new ExporterFault(
                        Kind.UNKNOWN, "cannot read " + blob.digest() + ": " + failed.getMessage(), failed);
            }
        }
        progress.status(status, blob.size(), blob.size(), true);
        return blob;
    }
}
