package io.buildkit4j.wire;

import com.google.protobuf.FieldMask;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.Uninterrupted;
import io.buildkit4j.wire.proto.containerd.diff.ApplyRequest;
import io.buildkit4j.wire.proto.containerd.diff.DiffGrpc;
import io.buildkit4j.wire.proto.containerd.images.CreateImageRequest;
import io.buildkit4j.wire.proto.containerd.images.Image;
import io.buildkit4j.wire.proto.containerd.images.ImagesGrpc;
import io.buildkit4j.wire.proto.containerd.images.UpdateImageRequest;
import io.buildkit4j.wire.proto.containerd.leases.CreateRequest;
import io.buildkit4j.wire.proto.containerd.leases.DeleteRequest;
import io.buildkit4j.wire.proto.containerd.leases.LeasesGrpc;
import io.buildkit4j.wire.proto.containerd.snapshots.CommitSnapshotRequest;
import io.buildkit4j.wire.proto.containerd.snapshots.PrepareSnapshotRequest;
import io.buildkit4j.wire.proto.containerd.snapshots.RemoveSnapshotRequest;
import io.buildkit4j.wire.proto.containerd.snapshots.SnapshotsGrpc;
import io.buildkit4j.wire.proto.containerd.snapshots.StatSnapshotRequest;
import io.buildkit4j.wire.proto.containerd.types.Descriptor;
import io.buildkit4j.wire.proto.containerd.types.Mount;
import io.buildkit4j.wire.proto.content.ContentGrpc;
import io.buildkit4j.wire.proto.content.Info;
import io.buildkit4j.wire.proto.content.UpdateRequest;
import io.grpc.Channel;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * containerd's content store, snapshotters and image store under one lease: what nothing points to yet is safe from its
 * garbage collection until this is closed. What is to stay is pointed to by labels, and at last by a name.
 */
public final class ContainerdImages implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final String EXPIRES = "containerd.io/gc.expire";

    private final Containerd containerd;
    private final String lease;
    private final Channel channel;
    private final RemoteContent content;

    private ContainerdImages(Containerd containerd, String lease) {
        this.containerd = containerd;
        this.lease = lease;
        this.channel = containerd.channel(lease);
        this.content = new RemoteContent(channel);
    }

    static ContainerdImages open(Containerd containerd) throws InterruptedException {
        String lease = "buildkit4j-" + UUID.randomUUID();
        Instant expires = Instant.now().plus(LONGEST).truncatedTo(ChronoUnit.SECONDS);
        containerd.ask(() -> leases(containerd)
                .create(CreateRequest.newBuilder()
                        .setId(lease)
                        .putLabels(EXPIRES, expires.toString())
                        .build()));
        return new ContainerdImages(containerd, lease);
    }

    private static LeasesGrpc.LeasesBlockingV2Stub leases(Containerd containerd) {
        return LeasesGrpc.newBlockingV2Stub(containerd.channel());
    }

    /** Content, as an image speaks of it. */
    public record Blob(String mediaType, String digest, long size) {
        private Descriptor message() {
            return Descriptor.newBuilder()
                    .setMediaType(mediaType)
                    .setDigest(digest)
                    .setSize(size)
                    .build();
        }
    }

    /** Where the bytes of a blob come from; the stream is closed when they were read. */
    @FunctionalInterface
    public interface Source {
        /** Opens it from its beginning. */
        InputStream open() throws InterruptedException;
    }

    /** Brings the blob, unless it is there; it has these labels then, besides those that it had. */
    public void put(Blob blob, Map<String, String> labels, Source source) throws InterruptedException {
        if (!has(blob)) {
            RemoteContent.Writing writing = new RemoteContent.Writing(fresh(), labels);
            try (InputStream bytes = source.open()) {
                containerd.ask(() -> {
                    content.put(blob.digest(), blob.size(), bytes, writing);
                    return blob;
                });
            } catch (java.io.IOException failed) {
                throw new WireFault(Kind.UNKNOWN, "cannot close " + blob.digest() + ": " + failed.getMessage(), failed);
            }
        }
        // it may have been there without them, or come from somebody else meanwhile
        label(blob, labels);
    }

    /** Whether the content store has it. */
    public boolean has(Blob blob) throws InterruptedException {
        return containerd.ask(() -> content.size(blob.digest())).isPresent();
    }

    private void label(Blob blob, Map<String, String> labels) throws InterruptedException {
        if (labels.isEmpty()) {
            return;
        }
        FieldMask.Builder mask = FieldMask.newBuilder();
        labels.keySet().forEach(name -> mask.addPaths("labels." + name));
        containerd.ask(() -> ContentGrpc.newBlockingV2Stub(channel)
                .update(UpdateRequest.newBuilder()
                        .setInfo(Info.newBuilder().setDigest(blob.digest()).putAllLabels(labels))
                        .setUpdateMask(mask)
                        .build()));
    }

    private static String fresh() {
        return "buildkit4j-" + UUID.randomUUID();
    }

    private SnapshotsGrpc.SnapshotsBlockingV2Stub snapshots() {
        return SnapshotsGrpc.newBlockingV2Stub(channel);
    }

    /** Whether there is such a snapshot. */
    public boolean hasSnapshot(String snapshotter, String name) throws InterruptedException {
        try {
            containerd.ask(() -> snapshots()
                    .stat(StatSnapshotRequest.newBuilder()
                            .setSnapshotter(snapshotter)
                            .setKey(name)
                            .build()));
            return true;
        } catch (WireFault fault) {
            if (fault.kind() == Kind.NOT_FOUND) {
                return false;
            }
            throw fault;
        }
    }

    /** One layer over another. */
    public record Layer(Blob blob, String parent, String name) {}

    /** Makes a snapshot of the layer, which the content store has; another one may have made it meanwhile. */
    public void unpack(String snapshotter, Layer layer) throws InterruptedException {
        String key = fresh();
        List<Mount> mounts = containerd
                .ask(() -> snapshots()
                        .prepare(PrepareSnapshotRequest.newBuilder()
                                .setSnapshotter(snapshotter)
                                .setKey(key)
                                .setParent(layer.parent())
                                .build()))
                .getMountsList();
        boolean committed = false;
        try {
            containerd.ask(() -> DiffGrpc.newBlockingV2Stub(channel)
                    .apply(ApplyRequest.newBuilder()
                            .setDiff(layer.blob().message())
                            .addAllMounts(mounts)
                            .build()));
            containerd.ask(() -> snapshots()
                    .commit(CommitSnapshotRequest.newBuilder()
                            .setSnapshotter(snapshotter)
                            .setKey(key)
                            .setName(layer.name())
                            .build()));
            committed = true;
        } catch (WireFault fault) {
            if (fault.kind() != Kind.ALREADY_EXISTS) {
                throw fault;
            }
        } finally {
            if (!committed) {
                Uninterrupted.await(() -> drop(snapshotter, key));
            }
        }
    }

    private void drop(String snapshotter, String key) throws InterruptedException {
        containerd.unlessGone(() -> snapshots()
                .remove(RemoveSnapshotRequest.newBuilder()
                        .setSnapshotter(snapshotter)
                        .setKey(key)
                        .build()));
    }

    /** Lets the name mean this image, whatever it meant. */
    public void name(String name, Blob image) throws InterruptedException {
        ImagesGrpc.ImagesBlockingV2Stub images = ImagesGrpc.newBlockingV2Stub(channel);
        Image named =
                Image.newBuilder().setName(name).setTarget(image.message()).build();
        try {
            containerd.ask(() -> images.create(
                    CreateImageRequest.newBuilder().setImage(named).build()));
        } catch (WireFault fault) {
            if (fault.kind() != Kind.ALREADY_EXISTS) {
                throw fault;
            }
            containerd.ask(() -> images.update(UpdateImageRequest.newBuilder()
                    .setImage(named)
                    .setUpdateMask(FieldMask.newBuilder().addPaths("target"))
                    .build()));
        }
    }

    /** From now on only what something points to stays. */
    @Override
    public void close() {
        Uninterrupted.await(() -> containerd.unlessGone(() -> leases(containerd)
                .delete(DeleteRequest.newBuilder().setId(lease).build())));
    }
}
