package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.llb.SourceId;
import io.buildkit4j.solver.CacheMap;
import io.buildkit4j.solver.JobContext;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.worker.source.git.GitLogin;
import io.buildkit4j.worker.source.http.Downloads;
import io.buildkit4j.worker.source.http.WebRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One file from the web. With a checksum its key is known without asking anybody. */
record HttpStep(
        SourceId.Http source,
        String name,
        Downloads downloads,
        ExecGrants.Place grants,
        SessionDoor sessions,
        Store store)
        implements Step {
    /** What clients upload has addresses of its own. */
    private static final String UPLOADS = "http://buildkit-session/";

    private static final String HEADER = "http.header.";
    private static final Pattern FILENAME = Pattern.compile("filename=(?:\"([^\"]*)\"|([^;\\s]+))");

    @Override
    public CacheMap<Ref> cacheMap(JobContext<Ref> context, int index) throws InterruptedException {
        KeyParts parts = new KeyParts("http");
        if (source.checksum().isPresent()) {
            parts.add("content", source.checksum().get()).add("file", filename(""));
        } else {
            Downloads.Download got = fetch(context);
            parts.add("content", got.digest())
                    .add("file", filename(got.disposition()))
                    .given("modified", got.modified());
        }
        source.mode().ifPresent(mode -> parts.add("mode", Integer.toOctalString(mode)));
        source.uid().ifPresent(uid -> parts.add("uid", uid));
        source.gid().ifPresent(gid -> parts.add("gid", gid));
        return parts.last(List.of());
    }

    private Downloads.Download fetch(JobContext<Ref> context) throws InterruptedException {
        String url = source.url();
        if (url.startsWith(UPLOADS)) {
            return downloads.take(
                    url,
                    () -> sessions.require("", context.sessions(), "the upload " + url)
                            .upload(url.substring(UPLOADS.length() - 1)));
        }
        PacedProgress progress = new PacedProgress(context.progress());
        return downloads.fetch(
                request(context.sessions()),
                (current, total) -> progress.progress(source.url(), current, total, total > 0 && current == total));
    }

    private WebRequest request(List<String> clients) throws InterruptedException {
        List<WebRequest.Header> headers = source.rest().stream()
                .filter(attribute -> attribute.key().startsWith(HEADER))
                .map(attribute -> new WebRequest.Header(attribute.key().substring(HEADER.length()), attribute.value()))
                .toList();
        try (ExecGrants granted = new ExecGrants(grants, clients)) {
            return new WebRequest(source.url(), authorization(granted), headers);
        }
    }

    /** What the source names, else what clients keep for its host; nobody has to have either. */
    private Optional<String> authorization(ExecGrants granted) throws InterruptedException {
        String host = URI.create(source.url()).getAuthority();
        String named = source.headerSecret().isEmpty() ? "HTTP_AUTH_HEADER_" + host : source.headerSecret();
        Optional<byte[]> header = granted.secret(named);
        return header.isPresent()
                ? header.map(GitLogin::text)
                : granted.secret("HTTP_AUTH_TOKEN_" + host).map(token -> "Bearer " + GitLogin.text(token));
    }

    @Override
    public List<Ref> run(JobContext<Ref> context, List<Ref> inputs) throws InterruptedException {
        Downloads.Download got = fetch(context);
        Optional<Digest> wanted = source.checksum();
        if (wanted.isPresent() && !wanted.get().equals(got.digest())) {
            throw new WorkerFault(
                    Kind.DATA_LOSS, source.url() + " has digest " + got.digest() + ", not the wanted " + wanted.get());
        }
        String file = filename(wanted.isPresent() ? "" : got.disposition());
        try (Ref scratch = store.scratch();
                ActiveRef active = store.begin(scratch, RefDescription.regular(name))) {
            write(context, active.tree(), "/" + file, got);
            return List.of(active.commit());
        }
    }

    private void write(JobContext<Ref> context, TreeWriter tree, String path, Downloads.Download got)
            throws InterruptedException {
        TreeWriter.Attributes attributes = new TreeWriter.Attributes(
                source.mode().orElse(0600),
                source.uid().orElse(0),
                source.gid().orElse(0),
                modified(got.modified()),
                Map.of());
        long size = store.content().size(got.digest()).orElse(0L);
        Descriptor blob = Descriptor.of("application/octet-stream", got.digest(), size);
        try (InputStream from = store.content().open(blob);
                OutputStream to = tree.writeFile(path, attributes)) {
            from.transferTo(to);
        } catch (IOException failed) {
            throw new WorkerFault(
                    Kind.INTERNAL, "cannot keep what " + source.url() + " sent: " + failed.getMessage(), failed);
        }
        context.progress().status(source.url(), size, size, true);
    }

    /** Nanoseconds since 1970; the beginning of time when the server does not say. */
    private static long modified(String header) {
        try {
            return header.isEmpty()
                    ? 0
                    : Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header))
                                    .getEpochSecond()
                            * 1_000_000_000L;
        } catch (DateTimeException bad) {
            return 0;
        }
    }

    private String filename(String disposition) {
        Matcher named = FILENAME.matcher(disposition);
        String offered = named.find() ? named.group(1) == null ? named.group(2) : named.group(1) : "";
        for (String candidate : List.of(source.filename(), offered, path())) {
            String last = candidate.substring(candidate.lastIndexOf('/') + 1);
            if (!last.isEmpty() && !last.equals(".") && !last.equals("..")) {
                return last;
            }
        }
        return "download";
    }

    private String path() {
        try {
            String path = URI.create(source.url()).getPath();
            return path == null ? "" : path;
        } catch (IllegalArgumentException bad) {
            return "";
        }
    }
}
