package io.buildkit4j.image;

import io.buildkit4j.footing.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A directory with blobs by their digests and an {@code index.json} that names images (OCI image specification,
 * image-layout.md). What is written appears whole or not at all; readers of the same directory need no lock, but two that
 * {@link #name} must not do it at once.
 */
public final class ImageLayout implements BlobSource {
    /** The annotation of a line of {@code index.json} that says what the image is called. */
    public static final String REF_NAME = "org.opencontainers.image.ref.name";

    /** The annotation with the whole name, where {@link #REF_NAME} has only the tag, as containerd reads it. */
    public static final String IMAGE_NAME = "io.containerd.image.name";

    private static final String NAMELESS = "\n";

    /** The file that says what the directory is. */
    public static final String MARK = "oci-layout";

    /** What is in that file. */
    public static final String VERSION = "{\"imageLayoutVersion\":\"1.0.0\"}";

    private final Path root;

    private ImageLayout(Path root) {
        this.root = root;
    }

    /**
     * The layout in this directory.
     *
     * @throws ImageFault NOT_FOUND when there is none, INVALID_ARGUMENT when it is of another version
     */
    public static ImageLayout open(Path directory) {
        byte[] mark = read(directory.resolve(MARK), directory + " is no OCI image layout: it has no file " + MARK);
        String version = Json.text(Json.parse(mark, MARK), "imageLayoutVersion");
        if (!version.startsWith("1.")) {
            throw new ImageFault(
                    Kind.INVALID_ARGUMENT, directory + " is an image layout of version " + version + ", not of 1");
        }
        return new ImageLayout(directory);
    }

    /** The layout in this directory, made when there is none. */
    public static ImageLayout make(Path directory) {
        ImageLayout layout = new ImageLayout(directory);
        try {
            Files.createDirectories(directory.resolve("blobs/sha256"));
            if (!Files.exists(directory.resolve(MARK))) {
                layout.replace(MARK, VERSION.getBytes(StandardCharsets.UTF_8));
            }
            if (!Files.exists(directory.resolve("index.json"))) {
                layout.replace("index.json", new Index(MediaTypes.OCI_INDEX, List.of(), Map.of()).bytes());
            }
        } catch (IOException failed) {
            throw fault("cannot make the image layout " + directory, failed);
        }
        return open(directory);
    }

    /** Its directory. */
    public Path directory() {
        return root;
    }

    /** What {@code index.json} says. */
    public Index index() {
        return Index.parse(read(root.resolve("index.json"), "the image layout " + root + " has no index.json"));
    }

    /** The image with this name, or with this digest; of several lines the last. */
    public Optional<Descriptor> find(String nameOrDigest) {
        return index().manifests().stream()
                .filter(line -> nameOrDigest.equals(line.annotations().get(REF_NAME))
                        || nameOrDigest.equals(line.digest().toString()))
                .reduce((first, second) -> second);
    }

    private Path file(Digest digest) {
        return root.resolve("blobs").resolve(digest.algorithm()).resolve(digest.hex());
    }

    /** Whether the blob is there with this size; its bytes are not looked at. */
    public boolean has(Descriptor blob) {
        return file(blob.digest()).toFile().length() == blob.size() && Files.exists(file(blob.digest()));
    }

    /** Size in bytes, or nothing when the blob is not there. */
    public Optional<Long> size(Digest digest) {
        Path file = file(digest);
        return Files.exists(file) ? Optional.of(file.toFile().length()) : Optional.empty();
    }

    @Override
    public InputStream open(Descriptor blob, long offset) {
        try {
            InputStream in = Files.newInputStream(file(blob.digest()));
            in.skipNBytes(offset);
            return in;
        } catch (NoSuchFileException absent) {
            throw new ImageFault(Kind.NOT_FOUND, "the image layout " + root + " has no blob " + blob.digest(), absent);
        } catch (IOException failed) {
            throw fault("cannot read " + file(blob.digest()), failed);
        }
    }

    /**
     * Takes the blob unless it is there.
     *
     * @throws ImageFault DATA_LOSS when the content has another digest or size; nothing is left of it
     */
    public void put(Descriptor blob, InputStream content) {
        if (has(blob)) {
            return;
        }
        try {
            Path place = file(blob.digest());
            Files.createDirectories(place.getParent());
            Path aside = Files.createTempFile(root, "blob", ".part");
            try {
                MessageDigest hash = hash(blob.digest());
                long size;
                try (OutputStream out = new DigestOutputStream(Files.newOutputStream(aside), hash)) {
                    size = content.transferTo(out);
                }
                String found = HexFormat.of().formatHex(hash.digest());
                if (size != blob.size() || !found.equals(blob.digest().hex())) {
                    throw new ImageFault(
                            Kind.DATA_LOSS,
                            "what came for " + blob.digest() + " (" + blob.size() + " bytes) is "
                                    + blob.digest().algorithm() + ":" + found + " (" + size + " bytes)");
                }
                Files.move(aside, place, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(aside);
            }
        } catch (IOException failed) {
            throw fault("cannot write the blob " + blob.digest() + " below " + root, failed);
        }
    }

    static MessageDigest hash(Digest digest) {
        try {
            return MessageDigest.getInstance(digest.algorithm().equals("sha512") ? "SHA-512" : "SHA-256");
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-512", impossible);
        }
    }

    /** Lets the names mean this image; what had one of them has it no more. Without names it is listed as it is. */
    public void name(Descriptor image, List<String> names) {
        List<Descriptor> lines = new ArrayList<>();
        for (String name : names) {
            Map<String, String> annotations = new LinkedHashMap<>(image.annotations());
            annotations.put(REF_NAME, name);
            lines.add(image.withAnnotations(annotations));
        }
        list(names.isEmpty() ? List.of(image) : lines);
    }

    /** Adds lines; whatever had the same names has them no more. */
    public void list(List<Descriptor> lines) {
        List<Descriptor> all = new ArrayList<>(index().manifests());
        for (Descriptor line : lines) {
            String name = names(line);
            all.removeIf(other -> names(other).equals(name)
                    && (!name.equals(NAMELESS) || other.digest().equals(line.digest())));
        }
        all.addAll(lines);
        try {
            replace("index.json", new Index(MediaTypes.OCI_INDEX, all, Map.of()).bytes());
        } catch (IOException failed) {
            throw fault("the image cannot be named in " + root, failed);
        }
    }

    /** Takes the lines with this name out; their blobs stay. */
    public void forget(String name) {
        List<Descriptor> left = index().manifests().stream()
                .filter(line -> !name.equals(line.annotations().get(REF_NAME)))
                .toList();
        try {
            replace("index.json", new Index(MediaTypes.OCI_INDEX, left, Map.of()).bytes());
        } catch (IOException failed) {
            throw fault("the image " + name + " cannot be forgotten in " + root, failed);
        }
    }

    private static String names(Descriptor line) {
        return line.annotations().getOrDefault(IMAGE_NAME, "") + "\n"
                + line.annotations().getOrDefault(REF_NAME, "");
    }

    private void replace(String name, byte[] bytes) throws IOException {
        Path aside = Files.createTempFile(root, name, ".part");
        try {
            Files.write(aside, bytes);
            Files.move(aside, root.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    private static byte[] read(Path file, String absent) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException missing) {
            throw new ImageFault(Kind.NOT_FOUND, absent, missing);
        } catch (IOException failed) {
            throw fault("cannot read " + file, failed);
        }
    }

    private static ImageFault fault(String what, IOException failed) {
        boolean full = String.valueOf(failed.getMessage()).contains("No space left");
        return new ImageFault(full ? Kind.RESOURCE_EXHAUSTED : Kind.UNKNOWN, what + ": " + failed.getMessage(), failed);
    }
}
