package io.buildkit4j.image;

import com.google.gson.JsonObject;
import io.buildkit4j.footing.Kind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * One repository of a registry, by the OCI distribution specification. Blobs are streams that continue by themselves after
 * a broken connection. Safe for any thread.
 */
public final class Repository implements BlobSource {
    private static final String ACCEPT = String.join(", ", MediaTypes.MANIFESTS);
    private static final int MANIFEST_LIMIT = 4 << 20;
    private static final int ERROR_LIMIT = 1 << 16;
    private static final int ATTEMPTS = 3;

    private final Reference reference;
    private final Places places;
    /** To the registry itself. */
    private final RegistryCalls calls;

    /** The registry itself is the last of the calls, its mirrors come before. */
    Repository(Reference reference, List<RegistryCalls> calls) {
        this.reference = reference;
        this.places = new Places(calls);
        this.calls = calls.getLast();
    }

    /** A manifest or index as it lies in the registry. */
    @SuppressWarnings("ArrayRecordComponent") // the bytes are the digest; compared by that
    public record Document(Descriptor descriptor, byte[] bytes) {}

    /** The name that was opened. */
    public Reference reference() {
        return reference;
    }

    // ---- pull

    /**
     * What the reference names now: its digest if it has one, else its tag. Asks for the head only, where the registry says
     * enough in it.
     *
     * @throws ImageFault NOT_FOUND, UNAUTHENTICATED, PERMISSION_DENIED, UNAVAILABLE
     */
    public Descriptor resolve() throws InterruptedException {
        return places.first(this::resolve);
    }

    private Descriptor resolve(RegistryCalls calls) throws InterruptedException {
        String name = reference.digest().map(Digest::toString).orElse(reference.tag());
        HttpResponse<InputStream> head =
                calls.send(() -> manifestRequest(calls, name).HEAD());
        closeQuietly(head);
        Optional<String> digest = head.headers().firstValue("Docker-Content-Digest");
        Optional<String> type = head.headers().firstValue("Content-Type").map(Repository::withoutParameters);
        long size = head.headers().firstValueAsLong("Content-Length").orElse(-1);
        boolean known = type.isPresent() && (MediaTypes.isIndex(type.get()) || MediaTypes.isManifest(type.get()));
        if (head.statusCode() == 200 && digest.isPresent() && known && size > 0) {
            Digest found = reference.digest().orElseGet(() -> Digest.parse(digest.get()));
            return Descriptor.of(type.get(), found, size);
        }
        // The answer to a head has no body that could say what is wrong.
        return manifest(calls, name, reference.digest()).descriptor();
    }

    /** The manifest or index with this digest, verified. */
    public Document manifest(Digest digest) throws InterruptedException {
        return places.first(calls -> manifest(calls, digest.toString(), Optional.of(digest)));
    }

    /** The body of a manifest, and what came with it. */
    @SuppressWarnings("ArrayRecordComponent") // of one moment; never compared
    private record Fetched(HttpResponse<InputStream> response, byte[] bytes) {}

    private Fetched fetch(RegistryCalls calls, String name) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            HttpResponse<InputStream> response =
                    calls.send(() -> manifestRequest(calls, name).GET());
            if (response.statusCode() != 200) {
                throw fault(response, "pull", describe(calls.reference(), name));
            }
            try (InputStream body = response.body()) {
                return new Fetched(response, body.readNBytes(MANIFEST_LIMIT + 1));
            } catch (IOException failed) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted");
                }
                if (attempt == ATTEMPTS) {
                    throw new ImageFault(
                            Kind.UNAVAILABLE,
                            "registry " + calls.reference().host() + " broke off: " + failed.getMessage(),
                            failed);
                }
            }
        }
    }

    private Document manifest(RegistryCalls calls, String name, Optional<Digest> wanted) throws InterruptedException {
        Fetched fetched = fetch(calls, name);
        HttpResponse<InputStream> response = fetched.response;
        byte[] bytes = fetched.bytes;
        if (bytes.length > MANIFEST_LIMIT) {
            throw new ImageFault(
                    Kind.RESOURCE_EXHAUSTED, describe(calls.reference(), name) + " has a manifest of more than 4 MiB");
        }
        Digest digest =
                wanted.isPresent() && wanted.get().algorithm().equals("sha512") ? sha512(bytes) : Digest.of(bytes);
        if (wanted.isPresent() && !wanted.get().equals(digest)) {
            throw new ImageFault(
                    Kind.DATA_LOSS,
                    "registry " + calls.reference().host() + " sent a manifest with digest " + digest + " for "
                            + describe(calls.reference(), name));
        }
        return new Document(Descriptor.of(mediaType(bytes, response), digest, bytes.length), bytes);
    }

    private static Digest sha512(byte[] bytes) {
        try {
            return Digest.ofHash(
                    java.security.MessageDigest.getInstance("SHA-512").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-512", impossible);
        }
    }

    /** What the document says of itself counts more than the header. */
    private static String mediaType(byte[] bytes, HttpResponse<?> response) {
        JsonObject json = Json.parse(bytes, "image manifest");
        return Json.optionalText(json, "mediaType")
                .or(() -> response.headers()
                        .firstValue("Content-Type")
                        .map(Repository::withoutParameters)
                        .filter(type -> MediaTypes.MANIFESTS.contains(type)))
                .orElse(json.has("manifests") ? MediaTypes.OCI_INDEX : MediaTypes.OCI_MANIFEST);
    }

    private static String withoutParameters(String type) {
        return type.split(";", 2)[0].strip();
    }

    private static HttpRequest.Builder manifestRequest(RegistryCalls calls, String name) {
        return HttpRequest.newBuilder(calls.uri("manifests/" + name)).header("Accept", ACCEPT);
    }

    @Override
    public InputStream open(Descriptor blob, long offset) throws InterruptedException {
        return new ResumingInput(blob, offset, this::body, calls.pause());
    }

    private InputStream body(Descriptor blob, long offset, int futile) throws InterruptedException, IOException {
        return places.first(futile, calls -> body(calls, blob, offset));
    }

    private static InputStream body(RegistryCalls calls, Descriptor blob, long offset)
            throws InterruptedException, IOException {
        // Indexes and manifests are not among a registry's blobs.
        boolean document = MediaTypes.MANIFESTS.contains(blob.mediaType());
        String place = (document ? "manifests/" : "blobs/") + blob.digest();
        HttpResponse<InputStream> response = calls.send(() -> {
            HttpRequest.Builder request = HttpRequest.newBuilder(calls.uri(place));
            if (document) {
                request.header("Accept", ACCEPT);
            }
            return offset > 0 ? request.header("Range", "bytes=" + offset + "-") : request;
        });
        if (response.statusCode() != 200 && response.statusCode() != 206) {
            throw fault(
                    response,
                    "pull",
                    "blob " + blob.digest() + " of " + calls.reference().name());
        }
        // A registry may ignore the range and send all.
        long from = response.statusCode() == 206 ? offset : 0;
        checkSize(calls.reference(), response, blob, from);
        response.body().skipNBytes(offset - from);
        return response.body();
    }

    private static void checkSize(Reference reference, HttpResponse<InputStream> response, Descriptor blob, long from)
            throws IOException {
        String range = response.headers().firstValue("Content-Range").orElse("bytes " + from + "-");
        if (response.statusCode() == 206 && !range.startsWith("bytes " + from + "-")) {
            response.body().close();
            throw new IOException("it sends " + range + " when asked for bytes from " + from + " on");
        }
        long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
        if (length >= 0 && from + length != blob.size()) {
            response.body().close();
            throw new ImageFault(
                    Kind.DATA_LOSS,
                    "registry " + reference.host() + " has " + (from + length) + " bytes for " + blob.digest() + " of "
                            + reference.name() + ", but the image says " + blob.size());
        }
    }

    // ---- push

    /** Whether the repository has the blob. */
    public boolean has(Descriptor blob) throws InterruptedException {
        HttpResponse<InputStream> head = calls.send(() ->
                HttpRequest.newBuilder(calls.uri("blobs/" + blob.digest())).HEAD());
        closeQuietly(head);
        return head.statusCode() == 200;
    }

    /**
     * Uploads the blob unless the repository has it.
     *
     * @param sent hears how many bytes are sent
     * @return whether it was uploaded
     */
    public boolean push(Descriptor blob, BlobSource source, LongConsumer sent) throws InterruptedException {
        if (has(blob)) {
            return false;
        }
        HttpResponse<InputStream> response = calls.send(() -> upload(blob, source, sent));
        if (response.statusCode() != 201) {
            throw fault(response, "push", "blob " + blob.digest() + " to " + reference.name());
        }
        closeQuietly(response);
        return true;
    }

    /** Each attempt begins an upload of its own: a registry keeps no half one that could be trusted. */
    private HttpRequest.Builder upload(Descriptor blob, BlobSource source, LongConsumer sent)
            throws InterruptedException {
        HttpResponse<InputStream> begun = calls.send(
                () -> HttpRequest.newBuilder(calls.uri("blobs/uploads/")).POST(HttpRequest.BodyPublishers.noBody()));
        Optional<String> location = begun.headers().firstValue("Location");
        if (begun.statusCode() != 202 || location.isEmpty()) {
            throw fault(begun, "push", "to " + reference.name());
        }
        closeQuietly(begun);
        URI place = place(begun.request().uri(), location.get());
        String separator = place.getRawQuery() == null ? "?" : "&";
        URI target = URI.create(
                place + separator + "digest=" + URLEncoder.encode(blob.digest().toString(), StandardCharsets.UTF_8));
        InputStream content = counting(source.open(blob, 0), sent);
        HttpRequest.BodyPublisher body = blob.size() == 0
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.fromPublisher(
                        HttpRequest.BodyPublishers.ofInputStream(() -> content), blob.size());
        return HttpRequest.newBuilder(target)
                .header("Content-Type", "application/octet-stream")
                .PUT(body);
    }

    private URI place(URI from, String location) {
        try {
            return RegistryCalls.resolve(from, location);
        } catch (IOException failed) {
            throw new ImageFault(Kind.UNAVAILABLE, "registry " + reference.host() + ": " + failed.getMessage(), failed);
        }
    }

    private static InputStream counting(InputStream in, LongConsumer sent) {
        return new FilterInputStream(in) {
            private long count;

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int read = super.read(into, offset, length);
                if (read > 0) {
                    count += read;
                    sent.accept(count);
                }
                return read;
            }
        };
    }

    /** Puts a manifest or index under its digest or, when given, under a tag. What it names must be there. */
    public void pushManifest(String mediaType, byte[] document, Optional<String> tag) throws InterruptedException {
        String name = tag.orElseGet(() -> Digest.of(document).toString());
        HttpResponse<InputStream> response = calls.send(() -> HttpRequest.newBuilder(calls.uri("manifests/" + name))
                .header("Content-Type", mediaType)
                .PUT(HttpRequest.BodyPublishers.ofByteArray(document)));
        if (response.statusCode() != 201 && response.statusCode() != 200) {
            throw fault(response, "push", describe(reference, name));
        }
        closeQuietly(response);
    }

    // ---- faults

    private static String describe(Reference reference, String name) {
        return reference.name() + (name.contains(":") ? "@" : ":") + name;
    }

    private static ImageFault fault(HttpResponse<InputStream> response, String verb, String what) {
        int status = response.statusCode();
        String said = said(response);
        closeQuietly(response);
        String host = "registry " + response.request().uri().getAuthority();
        return switch (status) {
            case 401 ->
                new ImageFault(
                        Kind.UNAUTHENTICATED,
                        host + " does not allow to " + verb + " " + what + " without (other) credentials" + said
                                + ": it may not exist, or you have to log in");
            case 403 -> new ImageFault(Kind.PERMISSION_DENIED, host + " does not allow to " + verb + " " + what + said);
            case 404 -> new ImageFault(Kind.NOT_FOUND, what + " is not found in " + host + said);
            case 429 -> new ImageFault(Kind.RESOURCE_EXHAUSTED, host + " limits how often one may " + verb + said);
            default -> {
                Kind kind = status >= 500 ? Kind.UNAVAILABLE : Kind.FAILED_PRECONDITION;
                yield new ImageFault(kind, host + " answers " + status + " when asked to " + verb + " " + what + said);
            }
        };
    }

    /** The first error of the body, in brackets, if there is one. */
    private static String said(HttpResponse<InputStream> response) {
        try {
            byte[] body = response.body().readNBytes(ERROR_LIMIT);
            List<JsonObject> errors = Json.objects(Json.parse(body, "error"), "errors");
            if (!errors.isEmpty()) {
                JsonObject error = errors.getFirst();
                return " (" + (Json.text(error, "code") + " " + Json.text(error, "message")).strip() + ")";
            }
        } catch (IOException | ImageFault ignored) {
            // what cannot be read says nothing
        }
        return "";
    }

    /** Reads what little may still come, so that the connection can be used again. */
    private static void closeQuietly(HttpResponse<InputStream> response) {
        try (InputStream body = response.body()) {
            body.readNBytes(ERROR_LIMIT);
        } catch (IOException ignored) {
            // nothing of it is wanted
        }
    }
}
