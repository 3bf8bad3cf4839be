package io.buildkit4j.client;

import io.buildkit4j.image.Digest;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Consumer;

/** The builds that a daemon remembers. Faults are those of {@link Client}. */
public interface BuildHistory {
    /**
     * Tells of the builds that there are, and then of what happens, until the caller is interrupted.
     *
     * @param heard called on this thread; what it throws ends the listening
     */
    void listen(Query query, Consumer<Event> heard) throws InterruptedException;

    /**
     * Pins a build, so that it is not forgotten by age or number, or lets it go again.
     *
     * @throws ClientFault NOT_FOUND when there is no such build
     */
    void pin(String reference, boolean pinned) throws InterruptedException;

    /**
     * Forgets a build that has ended.
     *
     * @throws ClientFault NOT_FOUND when there is no such build
     */
    void delete(String reference) throws InterruptedException;

    /**
     * Copies what a record names by its digest, such as a manifest.
     *
     * @throws ClientFault NOT_FOUND when the daemon has no such content
     */
    void read(Digest digest, OutputStream to) throws InterruptedException;

    /**
     * Which builds.
     *
     * @param runningOnly only those that have not ended
     * @param reference only this one; empty for all
     * @param untilNow ends when everything was told that there is
     * @param filters in containerd's syntax; a build is wanted when one of them matches, or there are none
     * @param limit the newest so many; 0 for all
     */
    record Query(boolean runningOnly, String reference, boolean untilNow, List<String> filters, int limit) {
        /** Everything that there is, and nothing that is to come. */
        public static final Query ALL = new Query(false, "", true, List.of(), 0);

        /** The filters are copied. */
        public Query {
            filters = List.copyOf(filters);
        }
    }

    /** A build, and what happened to it. */
    record Event(Change change, BuildRecord build) {}

    /** What can happen to a build. */
    enum Change {
        /** It runs. */
        STARTED,
        /** It has ended, or its record changed after that. */
        COMPLETED,
        /** It is no longer remembered. */
        DELETED
    }
}
