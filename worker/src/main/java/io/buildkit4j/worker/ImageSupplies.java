package io.buildkit4j.worker;

import io.buildkit4j.image.BlobSource;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where the layers of images come from that nobody has looked at yet: always as the build asks that was the last to resolve
 * the image, since the credentials of an earlier one may be gone with its client. Safe for any thread.
 */
final class ImageSupplies {
    /** Only layers that are still to come keep a supply. */
    private final ConcurrentHashMap<Digest, WeakReference<Supply>> supplies = new ConcurrentHashMap<>();

    private static final class Supply implements BlobSource {
        private volatile BlobSource newest;

        Supply(BlobSource first) {
            newest = first;
        }

        @Override
        public InputStream open(Descriptor blob, long offset) throws InterruptedException {
            return newest.open(blob, offset);
        }
    }

    /** The supply of the image, from here on by this source. */
    BlobSource of(Digest image, BlobSource source) {
        supplies.values().removeIf(each -> each.get() == null);
        Supply made = new Supply(source);
        Supply known = supplies.merge(
                        image, new WeakReference<>(made), (before, fresh) -> before.get() == null ? fresh : before)
                .get();
        if (known == null) {
            return made;
        }
        known.newest = source;
        return known;
    }

    /** If layers of the image are still to come, they come by this source. */
    void renew(Digest image, BlobSource source) {
        WeakReference<Supply> reference = supplies.get(image);
        Supply known = reference == null ? null : reference.get();
        if (known != null) {
            known.newest = source;
        }
    }
}
