package io.buildkit4j.image;

import com.google.gson.JsonObject;
import io.buildkit4j.footing.Fault;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Says what is wrong with an image: every document and blob below its descriptor is read and held against what names it, by
 * the OCI image specification and Docker's schema 2. Reads everything, so it is for tests and for those who verify. For one
 * thread.
 */
public final class ImageValidator {
    private static final int DOCUMENT_LIMIT = 4 << 20;
    private static final String ATTESTATION = "vnd.docker.reference.type";

    private final BlobSource blobs;
    private final List<String> problems = new ArrayList<>();

    /** Looks for blobs there. */
    public ImageValidator(BlobSource blobs) {
        this.blobs = blobs;
    }

    /**
     * Everything that is wrong with a layout's directory, its files and every image that it names, one sentence each; empty
     * when it is whole.
     */
    public static List<String> layout(Path directory) throws InterruptedException {
        List<String> problems = new ArrayList<>();
        try {
            ImageLayout layout = ImageLayout.open(directory);
            JsonObject index = Json.parse(Files.readAllBytes(directory.resolve("index.json")), "index.json");
            if (Json.number(index, "schemaVersion") != 2) {
                problems.add("index.json: schemaVersion is not 2");
            }
            problems.addAll(files(directory));
            for (Descriptor image : layout.index().manifests()) {
                problems.addAll(new ImageValidator(layout).validate(image));
            }
        } catch (Fault | IOException failed) {
            problems.add(directory + ": " + failed.getMessage());
        }
        return problems;
    }

    private static List<String> files(Path directory) throws IOException {
        List<String> problems = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory.resolve("blobs"))) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            Path place = directory.resolve("blobs").relativize(file);
            Digest named = Digest.parse(place.toString().replace('/', ':'));
            MessageDigest hash = ImageLayout.hash(named);
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), hash)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            String found = HexFormat.of().formatHex(hash.digest());
            if (!found.equals(named.hex())) {
                problems.add("the file " + directory.relativize(file) + " has the digest " + found);
            }
        }
        return problems;
    }

    /** Everything that is wrong with an image or an index of images; empty when it is whole. */
    public List<String> validate(Descriptor top) throws InterruptedException {
        problems.clear();
        document(top, Optional.empty());
        return List.copyOf(problems);
    }

    private void problem(Descriptor where, String what) {
        problems.add(where.digest() + ": " + what);
    }

    private void document(Descriptor descriptor, Optional<Platform> promised) throws InterruptedException {
        try {
            if (MediaTypes.isIndex(descriptor.mediaType())) {
                index(descriptor);
            } else if (MediaTypes.isManifest(descriptor.mediaType())) {
                manifest(descriptor, promised);
            } else {
                problem(descriptor, "neither a manifest nor an index: " + descriptor.mediaType());
            }
        } catch (Fault | IOException failed) {
            problem(descriptor, String.valueOf(failed.getMessage()));
        }
    }

    /** The bytes, which are held against digest and size. */
    private byte[] bytes(Descriptor blob) throws IOException, InterruptedException {
        byte[] bytes;
        try (InputStream in = blobs.open(blob, 0)) {
            bytes = in.readNBytes(DOCUMENT_LIMIT + 1);
        }
        if (bytes.length != blob.size()) {
            problem(blob, "has " + bytes.length + " bytes, not " + blob.size());
        }
        MessageDigest hash = ImageLayout.hash(blob.digest());
        if (!HexFormat.of().formatHex(hash.digest(bytes)).equals(blob.digest().hex())) {
            problem(blob, "its bytes have another digest");
        }
        return bytes;
    }

    private void header(Descriptor descriptor, byte[] bytes) {
        JsonObject json = Json.parse(bytes, "document");
        if (Json.number(json, "schemaVersion") != 2) {
            problem(descriptor, "schemaVersion is not 2");
        }
        String own = Json.optionalText(json, "mediaType").orElse(descriptor.mediaType());
        if (!own.equals(descriptor.mediaType())) {
            problem(descriptor, "calls itself " + own + ", is named as " + descriptor.mediaType());
        }
    }

    private void index(Descriptor descriptor) throws IOException, InterruptedException {
        byte[] bytes = bytes(descriptor);
        header(descriptor, bytes);
        boolean oci = descriptor.mediaType().equals(MediaTypes.OCI_INDEX);
        for (Descriptor manifest : Index.parse(bytes).manifests()) {
            boolean same = manifest.mediaType().equals(oci ? MediaTypes.OCI_MANIFEST : MediaTypes.DOCKER_MANIFEST);
            if (!same && !MediaTypes.isIndex(manifest.mediaType())) {
                problem(descriptor, "mixes " + descriptor.mediaType() + " with " + manifest.mediaType());
            }
            if (manifest.platform().isEmpty()) {
                problem(descriptor, "names " + manifest.digest() + " without a platform");
            }
            boolean attestation = manifest.annotations().containsKey(ATTESTATION);
            document(manifest, attestation ? Optional.empty() : manifest.platform());
        }
    }

    private void manifest(Descriptor descriptor, Optional<Platform> promised) throws IOException, InterruptedException {
        byte[] bytes = bytes(descriptor);
        header(descriptor, bytes);
        Manifest manifest = Manifest.parse(bytes);
        boolean oci = descriptor.mediaType().equals(MediaTypes.OCI_MANIFEST);
        String configType = manifest.config().mediaType();
        boolean image = configType.equals(MediaTypes.OCI_CONFIG) || configType.equals(MediaTypes.DOCKER_CONFIG);
        if (!image) {
            // an artifact: its parts have to be there, what they mean is not known
            bytes(manifest.config());
            for (Descriptor layer : manifest.layers()) {
                content(layer);
            }
            return;
        }
        if (oci != configType.equals(MediaTypes.OCI_CONFIG)) {
            problem(descriptor, "mixes " + descriptor.mediaType() + " with " + configType);
        }
        ImageConfig config = ImageConfig.parse(bytes(manifest.config()));
        config(manifest, config, promised);
        for (int i = 0; i < manifest.layers().size(); i++) {
            Descriptor layer = manifest.layers().get(i);
            boolean known = MediaTypes.layer(layer.mediaType(), oci).equals(layer.mediaType());
            if (!known) {
                problem(descriptor, "mixes " + descriptor.mediaType() + " with " + layer.mediaType());
            }
            Optional<Digest> diffId =
                    i < config.diffIds().size() ? Optional.of(config.diffIds().get(i)) : Optional.empty();
            layer(layer, diffId);
        }
    }

    private void config(Manifest manifest, ImageConfig config, Optional<Platform> promised) {
        Descriptor where = manifest.config();
        Platform platform = config.platform();
        if (platform.os().isEmpty() || platform.architecture().isEmpty()) {
            problem(where, "has no os or architecture");
        }
        if (promised.isPresent() && !promised.get().normalized().equals(platform.normalized())) {
            problem(where, "is for " + platform + ", but the index says " + promised.get());
        }
        boolean typed = Json.object(config.json(), "rootfs")
                .filter(rootfs -> Json.text(rootfs, "type").equals("layers"))
                .isPresent();
        if (!typed) {
            problem(where, "its rootfs is not of type layers");
        }
        int layers = manifest.layers().size();
        if (config.diffIds().size() != layers) {
            problem(where, "has " + config.diffIds().size() + " diff ids for " + layers + " layers");
        }
        long steps =
                config.history().stream().filter(step -> !step.emptyLayer()).count();
        if (!config.history().isEmpty() && steps != layers) {
            problem(where, "its history tells of " + steps + " layers, not of " + layers);
        }
    }

    /** Digest and size of something of any size. */
    private void content(Descriptor blob) throws IOException, InterruptedException {
        MessageDigest hash = ImageLayout.hash(blob.digest());
        long size;
        try (InputStream in = new DigestInputStream(blobs.open(blob, 0), hash)) {
            size = in.transferTo(OutputStream.nullOutputStream());
        }
        whole(blob, size, hash);
    }

    private void whole(Descriptor blob, long size, MessageDigest hash) {
        if (size != blob.size()) {
            problem(blob, "has " + size + " bytes, not " + blob.size());
        }
        if (!HexFormat.of().formatHex(hash.digest()).equals(blob.digest().hex())) {
            problem(blob, "its bytes have another digest");
        }
    }

    private void layer(Descriptor layer, Optional<Digest> diffId) throws IOException, InterruptedException {
        Optional<Compression> named = MediaTypes.layerCompression(layer.mediaType());
        MessageDigest packedHash = ImageLayout.hash(layer.digest());
        MessageDigest tarHash = Digest.sha256();
        try (Counting packed = new Counting(new DigestInputStream(blobs.open(layer, 0), packedHash));
                BufferedInputStream head = new BufferedInputStream(packed, 1 << 16)) {
            head.mark(4);
            byte[] magic = head.readNBytes(4);
            head.reset();
            Compression found = Compression.detect(magic, magic.length);
            if (named.isPresent() && named.get() != found) {
                problem(layer, "is called " + layer.mediaType() + " but packed as " + found);
            }
            InputStream tar = new DigestInputStream(found.decompress(head), tarHash);
            TarReader reader = new TarReader(tar);
            while (reader.next().isPresent()) {
                reader.content().transferTo(OutputStream.nullOutputStream());
            }
            tar.transferTo(OutputStream.nullOutputStream());
            head.transferTo(OutputStream.nullOutputStream());
            whole(layer, packed.count, packedHash);
        } catch (IOException | ImageFault failed) {
            problem(layer, String.valueOf(failed.getMessage()));
            return;
        }
        Digest tar = Digest.ofHash(tarHash.digest());
        if (diffId.isPresent() && !diffId.get().equals(tar)) {
            problem(layer, "unpacks to " + tar + ", but the configuration says " + diffId.get());
        }
    }

    private static final class Counting extends java.io.FilterInputStream {
        private long count;

        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = super.read(into, offset, length);
            count += Math.max(0, read);
            return read;
        }
    }
}
