package io.buildkit4j.store;

/** Hears how far a transfer is. Called often and from several threads; must return quickly. */
@FunctionalInterface
public interface TransferListener {
    /** Nobody listens. */
    TransferListener SILENT = (id, current, total, done) -> {};

    /** {@code id} is a digest or a verb and a digest; bytes; total 0 when unknown. */
    void progress(String id, long current, long total, boolean done);
}
