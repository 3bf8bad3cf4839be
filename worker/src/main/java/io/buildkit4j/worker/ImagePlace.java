package io.buildkit4j.worker;

import io.buildkit4j.image.BlobSource;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.Repository;
import java.io.InputStream;

/** Where an image's documents and layers come from. */
interface ImagePlace extends BlobSource {
    /** An index or manifest. */
    Repository.Document manifest(Digest digest) throws InterruptedException;

    /** A registry. */
    static ImagePlace of(Repository repository) {
        return new ImagePlace() {
            @Override
            public Repository.Document manifest(Digest digest) throws InterruptedException {
                return repository.manifest(digest);
            }

            @Override
            public InputStream open(Descriptor blob, long offset) throws InterruptedException {
                return repository.open(blob, offset);
            }
        };
    }
}
