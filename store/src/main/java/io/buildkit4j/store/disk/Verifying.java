package io.buildkit4j.store.disk;

import io.buildkit4j.image.Digest;
import io.buildkit4j.store.Verification;
import io.buildkit4j.store.Verification.Damage;
import io.buildkit4j.store.Verification.Kind;
import io.buildkit4j.store.content.BlobLedger;
import io.buildkit4j.store.content.Blobs;
import io.buildkit4j.store.snapshot.Snapshots;
import java.util.ArrayList;
import java.util.List;

/** One look at everything. What is removed meanwhile is not damaged. */
final class Verifying {
    private final Snapshots snapshots;
    private final Blobs blobs;
    private final BlobLedger ledger;
    private final List<Damage> damages = new ArrayList<>();

    Verifying(Snapshots snapshots, Blobs blobs, BlobLedger ledger) {
        this.snapshots = snapshots;
        this.blobs = blobs;
        this.ledger = ledger;
    }

    Verification run() throws InterruptedException {
        long records = snapshots.verify(
                id -> damages.add(new Damage(id, Kind.RECORD, "its files are not what was committed; built again")));
        List<Digest> all = ledger.all();
        long bytes = 0;
        for (Digest blob : all) {
            if (Thread.interrupted()) {
                throw new InterruptedException("verifying was canceled");
            }
            switch (blobs.verify(blob)) {
                case WHOLE -> bytes += blobs.size(blob).orElse(0L);
                case LOST -> damaged(blob, "its file is gone; fetched or made again");
                case ALTERED ->
                    damaged(blob, "its content is not what its digest says; removed, fetched or made again");
                case REMOVED -> {}
            }
        }
        return new Verification(damages, records, all.size(), bytes);
    }

    private void damaged(Digest blob, String what) {
        damages.add(new Damage(blob.toString(), Kind.BLOB, what));
    }
}
