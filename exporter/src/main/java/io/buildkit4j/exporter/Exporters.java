package io.buildkit4j.exporter;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Registries;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.UsageRecord;
import io.buildkit4j.wire.ClientStream;
import io.buildkit4j.wire.Session;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Takes results out of the store. Safe for any thread. */
public final class Exporters {
    private final Store store;
    private final Registries registries;
    private final LayoutIndex layout;
    private final ImageRecords images;
    private final List<Exporter> added;

    /** Store and registries stay the caller's. */
    public Exporters(Store store, Registries registries) {
        this(store, registries, List.of());
    }

    /** With outputs that are added to this daemon's own. */
    public Exporters(Store store, Registries registries, List<Exporter> added) {
        this.added = List.copyOf(added);
        this.store = store;
        this.registries = registries;
        this.layout = new LayoutIndex(store.content());
        this.images = new ImageRecords(store, layout);
        store.join(images);
    }

    /**
     * Makes one output. Two exports of one input give the same bytes.
     *
     * @throws ExporterFault FAILED_PRECONDITION when it needs a client and there is none; faults of registries, the store
     *     and the client are passed on as they are
     */
    public Exported export(ExportSpec spec, ExportInput input, ExportContext context) throws InterruptedException {
        for (String key : spec.ignored()) {
            context.progress().warn(1, "output attribute \"" + key + "\" means nothing here and is ignored", "", "");
        }
        Optional<Instant> epoch = spec.epoch().or(input::epoch);
        return switch (spec) {
            case ExportSpec.Image image -> image(image, input, epoch, context);
            case ExportSpec.Archive archive -> archive(archive, input, epoch, context);
            case ExportSpec.Files files -> files(files, input, epoch, context);
            case ExportSpec.Added other -> find(other).export(other, input, context);
        };
    }

    /**
     * Whether there is somebody to make the output.
     *
     * @throws ExporterFault INVALID_ARGUMENT when there is not
     */
    public void check(ExportSpec spec) {
        if (spec instanceof ExportSpec.Added other) {
            find(other);
        }
    }

    private Exporter find(ExportSpec.Added spec) {
        return added.stream()
                .filter(exporter -> exporter.type().equals(spec.type()))
                .findFirst()
                .orElseThrow(() -> new ExporterFault(
                        Kind.INVALID_ARGUMENT,
                        "unknown output type \"" + spec.type() + "\": it can be image, oci, docker, local"
                                + added.stream()
                                        .map(exporter -> ", " + exporter.type())
                                        .collect(Collectors.joining())
                                + " or tar"));
    }

    /** Images that were named here, which keep their content; records of their own. */
    public List<UsageRecord> images() {
        return images.usage();
    }

    private Exported image(ExportSpec.Image spec, ExportInput input, Optional<Instant> epoch, ExportContext context)
            throws InterruptedException {
        AssembledImage image = new ImageAssembly(store, spec.options(), epoch, context.progress()).assemble(input);
        if (!spec.options().names().isEmpty() && (!spec.push() || images.isWhole(image.top()))) {
            bring(image);
            images.name(image.top(), spec.options().names());
            spec.options().names().forEach(name -> context.progress().status("naming to " + name, 0, 0, true));
        }
        if (spec.keeping().store() && context.containerd().isPresent()) {
            new ContainerdExport(store.content(), context.containerd().get(), context)
                    .export(image, spec.options().names(), spec.keeping().unpack());
        }
        if (spec.push()) {
            new ImagePush(store.content(), registries, context).push(image, spec);
        }
        return image.exported(spec.options().names());
    }

    /** Layers that nobody has looked at; an image that goes to a registry may do without them. */
    private void bring(AssembledImage image) throws InterruptedException {
        for (Descriptor blob : image.blobs()) {
            try (InputStream fetched = store.content().open(blob)) {
                fetched.skip(0);
            } catch (IOException failed) {
                throw new ExporterFault(Kind.INTERNAL, "cannot read " + blob.digest() + ": " + failed, failed);
            }
        }
    }

    private Exported archive(ExportSpec.Archive spec, ExportInput input, Optional<Instant> epoch, ExportContext context)
            throws InterruptedException {
        Session session = session(context, spec.docker() ? "docker" : "oci");
        if (spec.docker() && input.results().size() > 1) {
            throw new ExporterFault(
                    Kind.INVALID_ARGUMENT,
                    "output type=docker holds one platform only: use type=oci, or build for one platform");
        }
        ExportInput single =
                spec.docker() ? new ExportInput(input.results(), false, input.epoch(), input.inline()) : input;
        AssembledImage image = new ImageAssembly(store, spec.options(), epoch, context.progress()).assemble(single);
        Exported exported = image.exported(spec.options().names());
        if (!spec.tar()) {
            new LayoutExport(store.content(), session.content("export"), context.progress()).send(image);
            return exported;
        }
        context.progress().status("sending tarball", 0, 0, false);
        send(
                session,
                new Session.SendTarget(spec.id(), exported.response()),
                out -> new ImageArchive(store.content(), image)
                        .write(out, spec.options().names(), spec.docker()));
        context.progress().status("sending tarball", 0, 0, true);
        return exported;
    }

    private static Exported files(
            ExportSpec.Files spec, ExportInput input, Optional<Instant> epoch, ExportContext context)
            throws InterruptedException {
        Session session = session(context, spec.tar() ? "tar" : "local");
        boolean split = spec.split().orElse(input.multiPlatform());
        if (!split && input.results().size() > 1) {
            throw new ExporterFault(
                    Kind.INVALID_ARGUMENT,
                    "files of several platforms need a directory each: leave platform-split=false away");
        }
        Session.SendTarget target = new Session.SendTarget(spec.id(), Map.of());
        ResultTree tree = new ResultTree(input.results(), split, epoch);
        String status = spec.tar() ? "sending tarball" : "copying files";
        context.progress().status(status, 0, 0, false);
        if (spec.tar()) {
            send(session, target, tree::writeTar);
        } else {
            session.send(target, tree);
        }
        context.progress().status(status, 0, 0, true);
        return Exported.FILES;
    }

    private static Session session(ExportContext context, String type) {
        return context.session()
                .orElseThrow(() -> new ExporterFault(
                        Kind.FAILED_PRECONDITION,
                        "output type=" + type + " goes to the client, but no client session is connected"));
    }

    /** Writes one tar. */
    private interface Content {
        void write(OutputStream out) throws IOException, InterruptedException;
    }

    /** Closing the stream tells the client that all is there, so it is closed after success only. */
    private static void send(Session session, Session.SendTarget target, Content content) throws InterruptedException {
        ClientStream stream = session.send(target);
        boolean complete = false;
        try {
            OutputStream out = new BufferedOutputStream(stream, 1 << 16);
            content.write(out);
            out.close();
            complete = true;
        } catch (IOException failed) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw new ExporterFault(
                    Kind.UNAVAILABLE, "the client does not take the output: " + failed.getMessage(), failed);
        } finally {
            if (!complete) {
                stream.abandon();
            }
        }
    }
}
