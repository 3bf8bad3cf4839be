package io.buildkit4j.buildd.door;

import io.buildkit4j.store.SpaceUsage;
import io.buildkit4j.store.Store;
import io.buildkit4j.wire.proto.storage.Damage;
import io.buildkit4j.wire.proto.storage.Leaving;
import io.buildkit4j.wire.proto.storage.SpaceReport;
import io.buildkit4j.wire.proto.storage.SpaceRequest;
import io.buildkit4j.wire.proto.storage.StorageGrpc;
import io.buildkit4j.wire.proto.storage.Verification;
import io.buildkit4j.wire.proto.storage.VerifyRequest;
import io.grpc.stub.StreamObserver;
import java.util.Locale;

/** {@code buildkit4j.v1.Storage}: what only this daemon can tell of its disk. */
final class StorageService extends StorageGrpc.StorageImplBase {
    private final Store store;

    StorageService(Store store) {
        this.store = store;
    }

    @Override
    public void verify(VerifyRequest request, StreamObserver<Verification> caller) {
        Call.serve(caller, () -> Call.answer(caller, message(store.verify())));
    }

    @Override
    public void space(SpaceRequest request, StreamObserver<SpaceReport> caller) {
        Call.serve(caller, () -> Call.answer(caller, message(store.space())));
    }

    private static Verification message(io.buildkit4j.store.Verification found) {
        Verification.Builder message = Verification.newBuilder()
                .setRecords(found.records())
                .setBlobs(found.blobs())
                .setBytes(found.bytes());
        found.damages()
                .forEach(damage -> message.addDamages(Damage.newBuilder()
                        .setId(damage.id())
                        .setKind(damage.kind().name().toLowerCase(Locale.ROOT))
                        .setWhat(damage.what())));
        return message.build();
    }

    private static SpaceReport message(SpaceUsage usage) {
        SpaceReport.Builder message = SpaceReport.newBuilder()
                .setCap(usage.cap())
                .setUsed(usage.used())
                .setOther(usage.other())
                .setDiskFree(usage.diskFree())
                .setDiskSize(usage.diskSize());
        usage.nextToGo()
                .forEach(leaving ->
                        message.addNext(Leaving.newBuilder().setId(leaving.id()).setRule(leaving.rule())));
        return message.build();
    }
}
