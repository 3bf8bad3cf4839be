package io.buildkit4j.image;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.NameBytes;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a tar stream of any common dialect: V7, ustar, pax, GNU with its long names, binary numbers and sparse files. Made
 * for hostile input: what one header may make it keep is bounded, and what cannot be read is an {@link ImageFault} with
 * INVALID_ARGUMENT. Whether names lead out of a directory is the business of whoever unpacks. The stream is the caller's
 * and is not closed. For one thread.
 */
public final class TarReader {
    /** Bytes of names, records or maps that one entry may bring along. */
    private static final int METADATA_LIMIT = 1 << 20;

    private final TarInput in;
    private final TarHeader header = new TarHeader();
    private final PaxRecords global = new PaxRecords();
    private InputStream content = InputStream.nullInputStream();
    private boolean sparse;

    /** Reads from a stream, which needs no buffer of its own. */
    public TarReader(InputStream in) {
        this.in = new TarInput(in);
    }

    /** What precedes an entry and says more about it. */
    private static final class Extensions {
        private final PaxRecords records = new PaxRecords();
        private Optional<String> longName = Optional.empty();
        private Optional<String> longLink = Optional.empty();
        private boolean any;
    }

    /**
     * The next entry, or nothing at the archive's end. Content of the entry before that was not read is skipped. Bytes
     * after the end mark are not read: who verifies a digest of the whole stream reads on.
     */
    public Optional<TarEntry> next() throws IOException {
        in.skipContent();
        content = InputStream.nullInputStream();
        Extensions extensions = new Extensions();
        global.asMap().forEach(extensions.records.asMap()::put);
        while (in.header(header.bytes()) && !header.isZero()) {
            header.verify();
            switch (header.flag()) {
                case 'x', 'X' -> {
                    extensions.records.parse(metadata());
                    bounded(extensions.records);
                    extensions.any = true;
                }
                case 'g' -> {
                    global.parse(metadata());
                    bounded(global);
                }
                case 'L' -> {
                    extensions.longName = Optional.of(terminated(metadata()));
                    extensions.any = true;
                }
                case 'K' -> {
                    extensions.longLink = Optional.of(terminated(metadata()));
                    extensions.any = true;
                }
                case 'V', 'M', 'N' -> {
                    // volume labels and what else GNU tar writes between entries
                    in.beginContent(size(extensions.records));
                    in.skipContent();
                }
                default -> {
                    return Optional.of(entry(extensions));
                }
            }
        }
        if (extensions.any) {
            throw new ImageFault(Kind.INVALID_ARGUMENT, "damaged tar: it ends in the middle of an entry");
        }
        return Optional.empty();
    }

    /** However many headers bring them: global records stay until the end, others may be repeated before one entry. */
    private static void bounded(PaxRecords records) {
        long size = 0;
        for (Map.Entry<String, byte[]> record : records.asMap().entrySet()) {
            size += record.getKey().length() + record.getValue().length;
        }
        if (size > METADATA_LIMIT) {
            throw new ImageFault(
                    Kind.RESOURCE_EXHAUSTED,
                    "a tar brings more than " + METADATA_LIMIT + " bytes of records for one entry");
        }
    }

    /** The content of the entry that was read last; empty unless it is a file. Holes are read as zeros. */
    public InputStream content() {
        return content;
    }

    /** Bytes of the stream up to where the next one is taken from. */
    long position() {
        return in.position();
    }

    /** Whether the content of the last file is not in the archive as it is read. */
    boolean sparse() {
        return sparse;
    }

    private byte[] metadata() throws IOException {
        long size = header.size();
        if (size < 0 || size > METADATA_LIMIT) {
            throw new ImageFault(
                    Kind.RESOURCE_EXHAUSTED,
                    "a tar entry brings " + size + " bytes of names or attributes; at most " + METADATA_LIMIT
                            + " are taken");
        }
        in.beginContent(size);
        byte[] body = in.content(size).readAllBytes();
        in.skipContent();
        return body;
    }

    private static String terminated(byte[] body) {
        int end = 0;
        while (end < body.length && body[end] != 0) {
            end++;
        }
        return NameBytes.decode(body, 0, end);
    }

    private TarEntry entry(Extensions extensions) throws IOException {
        Map<String, byte[]> records = extensions.records.asMap();
        String name = text(records, "GNU.sparse.name")
                .or(() -> text(records, "path"))
                .or(() -> extensions.longName)
                .orElseGet(header::name);
        TarEntry.Type type = type(name);
        String link = text(records, "linkpath").or(() -> extensions.longLink).orElseGet(header::link);
        boolean device = type == TarEntry.Type.CHARACTER_DEVICE || type == TarEntry.Type.BLOCK_DEVICE;
        boolean linked = type == TarEntry.Type.LINK || type == TarEntry.Type.HARD_LINK;
        byte[] time = records.get("mtime");
        return new TarEntry(
                withoutSlashes(name),
                type,
                (int) header.mode() & 07777,
                id(number(records, "uid").orElseGet(header::uid), name),
                id(number(records, "gid").orElseGet(header::gid), name),
                type == TarEntry.Type.FILE ? openContent(extensions.records) : skipped(type, records),
                time == null ? header.modified() : PaxRecords.time(time),
                linked ? link : "",
                device ? header.device() : 0,
                xattrs(records));
    }

    private TarEntry.Type type(String name) {
        boolean directory = name.endsWith("/");
        return switch (header.flag()) {
            // V7 has no flag for directories
            case 0, '0' -> directory ? TarEntry.Type.DIRECTORY : TarEntry.Type.FILE;
            case '1' -> TarEntry.Type.HARD_LINK;
            case '2' -> TarEntry.Type.LINK;
            case '3' -> TarEntry.Type.CHARACTER_DEVICE;
            case '4' -> TarEntry.Type.BLOCK_DEVICE;
            case '5', 'D' -> TarEntry.Type.DIRECTORY;
            case '6' -> TarEntry.Type.FIFO;
            // POSIX: what is not known is a file
            default -> TarEntry.Type.FILE;
        };
    }

    /** GNU's dump directories have a body that is of no use here; nothing else has one. */
    private long skipped(TarEntry.Type type, Map<String, byte[]> records) {
        if (type == TarEntry.Type.DIRECTORY && header.flag() == 'D') {
            in.beginContent(number(records, "size").orElseGet(header::size));
        }
        return 0;
    }

    private long openContent(PaxRecords records) throws IOException {
        long stored = size(records);
        in.beginContent(stored);
        Map<String, byte[]> asMap = records.asMap();
        Optional<SparseMap> map = Optional.empty();
        if (header.flag() == 'S') {
            map = Optional.of(SparseMap.ofHeaders(header, in));
        } else if (asMap.containsKey("GNU.sparse.major") || asMap.containsKey("GNU.sparse.map")) {
            map = Optional.of(SparseMap.ofRecords(asMap, in, METADATA_LIMIT));
        }
        sparse = map.isPresent();
        if (map.isPresent()) {
            content = map.get().open(in);
            return map.get().size();
        }
        content = in.content(stored);
        return stored;
    }

    private long size(PaxRecords records) {
        long size = number(records.asMap(), "size").orElseGet(header::size);
        if (size < 0) {
            throw new ImageFault(Kind.INVALID_ARGUMENT, "damaged tar: an entry has a negative size");
        }
        return size;
    }

    private static Optional<String> text(Map<String, byte[]> records, String key) {
        byte[] value = records.get(key);
        // An empty value takes the record back.
        return value == null || value.length == 0 ? Optional.empty() : Optional.of(NameBytes.decode(value));
    }

    static Optional<Long> number(Map<String, byte[]> records, String key) {
        byte[] value = records.get(key);
        if (value == null || value.length == 0) {
            return Optional.empty();
        }
        long number = TarHeader.decimal(value, 0, value.length);
        if (number < 0) {
            throw new ImageFault(Kind.INVALID_ARGUMENT, "damaged tar: the record \"" + key + "\" is not a number");
        }
        return Optional.of(number);
    }

    private static int id(long number, String name) {
        if (number < 0 || number > 0xFFFFFFFFL) {
            throw new ImageFault(
                    Kind.INVALID_ARGUMENT, "tar entry " + name + " has an owner beyond 32 bits: " + number);
        }
        return (int) number;
    }

    private static Map<String, byte[]> xattrs(Map<String, byte[]> records) {
        Map<String, byte[]> xattrs = new LinkedHashMap<>();
        records.forEach((key, value) -> {
            if (key.startsWith(PaxRecords.XATTR)) {
                xattrs.put(key.substring(PaxRecords.XATTR.length()), value);
            }
        });
        return xattrs.isEmpty() ? Map.of() : xattrs;
    }

    private static String withoutSlashes(String name) {
        int end = name.length();
        while (end > 1 && name.charAt(end - 1) == '/') {
            end--;
        }
        return name.substring(0, end);
    }
}
