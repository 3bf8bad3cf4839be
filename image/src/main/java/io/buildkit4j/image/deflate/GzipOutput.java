package io.buildkit4j.image.deflate;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;

/** Packs with the JDK until the project's own encoder is here. */
public final class GzipOutput extends GZIPOutputStream {
    /** Takes over the stream. */
    public GzipOutput(OutputStream out, int level) throws IOException {
        super(out, 1 << 16);
        def.setLevel(level);
    }
}
