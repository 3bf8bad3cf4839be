package io.buildkit4j.image;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.deflate.GzipInput;
import io.buildkit4j.image.deflate.GzipOutput;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;

/**
 * How the bytes of a layer are packed. What is written depends on the input, the method and the level only: never on the
 * number of cores, the size of the writes or the JDK.
 */
public enum Compression {
    /** As they are. */
    NONE,
    /** RFC 1952, by the project's own encoder. Levels 0 (stored) to 9, default 6. */
    GZIP,
    /** RFC 8878. Levels 0 to 22, default 3. */
    ZSTD;

    private static final int MAGIC = 4;

    /** The method of this name as exporters spell it: {@code uncompressed}, {@code gzip} or {@code zstd}. */
    public static Compression parse(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "uncompressed", "none" -> NONE;
            case "gzip" -> GZIP;
            case "zstd" -> ZSTD;
            default ->
                throw new ImageFault(
                        Kind.INVALID_ARGUMENT,
                        "unknown compression \"" + name + "\": it can be uncompressed, gzip or zstd");
        };
    }

    /** Recognises the method by the first bytes; four are enough. What is not known is taken as it is. */
    public static Compression detect(byte[] head, int length) {
        if (length >= 2 && (head[0] & 0xFF) == 0x1F && (head[1] & 0xFF) == 0x8B) {
            return GZIP;
        }
        boolean zstd = length >= MAGIC
                && (head[0] & 0xFF) == 0x28
                && (head[1] & 0xFF) == 0xB5
                && (head[2] & 0xFF) == 0x2F
                && (head[3] & 0xFF) == 0xFD;
        return zstd ? ZSTD : NONE;
    }

    /**
     * A stream whose content arrives packed in {@code out}. Closing it completes the packed content and closes {@code out};
     * the stream is used by one thread and may itself use all cores.
     *
     * @param level the method's own scale; -1 for its default
     */
    public OutputStream compress(OutputStream out, int level) throws IOException {
        return switch (this) {
            case NONE -> out;
            case GZIP -> new GzipOutput(out, checked(level, 6, 9));
            case ZSTD -> zstd(out, checked(level, 3, 22), Runtime.getRuntime().availableProcessors());
        };
    }

    /** With one worker the bytes are those of any number of workers, but not those of none. */
    static OutputStream zstd(OutputStream out, int level, int workers) throws IOException {
        return new ZstdOutputStreamNoFinalizer(out, level).setWorkers(Math.max(1, workers));
    }

    private int checked(int level, int usual, int highest) {
        if (level < -1 || level > highest) {
            throw new ImageFault(
                    Kind.INVALID_ARGUMENT,
                    "compression level " + level + " is out of range: " + name().toLowerCase(Locale.ROOT)
                            + " knows 0 to " + highest);
        }
        return level == -1 ? usual : level;
    }

    /** The content of a packed stream; reading throws an IOException when it is damaged. Closing it closes {@code in}. */
    public InputStream decompress(InputStream in) throws IOException {
        return switch (this) {
            case NONE -> in;
            case GZIP -> new GzipInput(in);
            case ZSTD -> new ZstdInputStreamNoFinalizer(in).setContinuous(false);
        };
    }

    /** The content of a stream whose method is recognised by its first bytes. */
    public static InputStream decompressed(InputStream in) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in, 1 << 16);
        buffered.mark(MAGIC);
        byte[] head = new byte[MAGIC];
        int length = buffered.readNBytes(head, 0, MAGIC);
        buffered.reset();
        return detect(head, length).decompress(buffered);
    }
}
