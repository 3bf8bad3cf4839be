package io.buildkit4j.client;

import java.util.List;
import java.util.function.Consumer;

/**
 * A connection to one build daemon. Safe for any thread. Faults of the daemon come as {@link ClientFault} with the kind that
 * it gave; a daemon that cannot be reached is {@code UNAVAILABLE} and named with its address.
 */
public interface Client extends AutoCloseable {
    /**
     * Builds. A session serves the request's directories, outputs and credentials meanwhile. Interrupting the caller cancels
     * the build and leaves nothing behind on this side.
     *
     * @param progress gets every frame, in order, from one thread; the last one before this method returns or throws
     */
    SolveResult solve(SolveRequest request, ProgressListener progress) throws InterruptedException;

    /** The same under a reference that the caller chose, by which {@link #follow} and the history know it. */
    SolveResult solve(SolveRequest request, String reference, ProgressListener progress) throws InterruptedException;

    /**
     * Builds what a frontend on this side describes. The request names neither a frontend nor a definition; its options are
     * the frontend's.
     *
     * @param frontend called once, on a thread of its own, which is interrupted when the build has ended without it
     */
    SolveResult build(SolveRequest request, BuildFrontend frontend, ProgressListener progress)
            throws InterruptedException;

    /**
     * Builds as {@link #solve} does, but the build does not end with its client: when the caller is interrupted or dies, it
     * goes on as far as it needs nothing more from this side. Only buildkit4j's daemons do that; others begin the build and
     * end it with the call.
     *
     * @param reference by which {@link #follow} finds it
     */
    SolveResult solveDetached(SolveRequest request, String reference, ProgressListener progress)
            throws InterruptedException;

    /**
     * Tells everything that happened in a build from its beginning, and when it still runs, what happens until its end.
     *
     * @throws ClientFault NOT_FOUND when the daemon knows no build by that reference
     */
    void follow(String reference, ProgressListener progress) throws InterruptedException;

    /**
     * Builds, but lets no step run that is more than fetching something.
     *
     * @param stage only steps of this stage must be found; empty for all
     * @throws ClientFault FAILED_PRECONDITION naming the first step that would have to run, and why
     */
    SolveResult solveFromCache(SolveRequest request, String stage, ProgressListener progress)
            throws InterruptedException;

    /** What a build would do. Nothing runs; directories are received, and registries asked what names stand for. */
    Explanation plan(SolveRequest request) throws InterruptedException;

    /**
     * Why the steps of a build that has ended ran.
     *
     * @param reference of the build, or {@code last}
     * @throws ClientFault NOT_FOUND when the daemon does not remember it
     */
    Explanation explain(String reference) throws InterruptedException;

    /** What the daemon keeps, as far as the filters select it. */
    List<UsageInfo> diskUsage(List<String> filters) throws InterruptedException;

    /** Removes what the request selects and nothing uses; {@code gone} hears of each record as it goes. */
    void prune(PruneRequest request, Consumer<UsageInfo> gone) throws InterruptedException;

    /**
     * Lets the daemon read all that it keeps; what is damaged is not used any more. Builds go on meanwhile.
     *
     * @throws ClientFault UNIMPLEMENTED by daemons that cannot do it
     */
    Verification verify() throws InterruptedException;

    /**
     * Where the daemon's disk has gone and what goes next.
     *
     * @throws ClientFault UNIMPLEMENTED by daemons that do not tell
     */
    SpaceInfo space() throws InterruptedException;

    /** The daemon's workers, as far as the filters select them. */
    List<WorkerInfo> workers(List<String> filters) throws InterruptedException;

    /** The builds that the daemon remembers. */
    BuildHistory history();

    /** What the daemon is. */
    DaemonInfo info() throws InterruptedException;

    /** Closes the connection; no thread of it is left when this returns. */
    @Override
    void close();
}
