package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.llb.SourceId;
import io.buildkit4j.solver.CacheMap;
import io.buildkit4j.solver.JobContext;
import io.buildkit4j.store.ContentQuery;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import io.buildkit4j.wire.Session;
import io.buildkit4j.wire.WireFault;
import io.buildkit4j.worker.listing.Listings;
import io.buildkit4j.worker.source.local.LocalDirectories;
import java.util.List;
import java.util.Optional;

/**
 * A directory of the client. To know its key is to have received it; what was received is named and not held until the step
 * runs, so that nothing is left when it never does.
 */
final class LocalStep implements Step {
    private final SourceId.Local source;
    private final String session;
    private final LocalDirectories directories;
    private final SessionDoor sessions;
    private final Store store;
    private final Listings listings;
    private volatile String received = "";

    /** Where it keeps what it received, and what that looked like. */
    record Kept(Store store, Listings listings) {}

    LocalStep(
            SourceId.Local source,
            String fallbackSession,
            LocalDirectories directories,
            SessionDoor sessions,
            Kept kept) {
        this.source = source;
        this.session = source.session().isEmpty() ? fallbackSession : source.session();
        this.directories = directories;
        this.sessions = sessions;
        this.store = kept.store();
        this.listings = kept.listings();
    }

    @Override
    public CacheMap<Ref> cacheMap(JobContext<Ref> context, int index) throws InterruptedException {
        try (Ref tree = receive(context)) {
            Digest digest = tree.contentDigest(ContentQuery.ALL);
            received = tree.id();
            listings.keep(digest, tree);
            return new KeyParts("local").add("files", digest).last(List.of());
        }
    }

    @Override
    public Optional<Ref> atHand() {
        return received.isEmpty() ? Optional.empty() : store.find(received);
    }

    @Override
    public List<Ref> run(JobContext<Ref> context, List<Ref> inputs) throws InterruptedException {
        Optional<Ref> before = atHand();
        return List.of(before.isPresent() ? before.get() : receive(context));
    }

    private Ref receive(JobContext<Ref> context) throws InterruptedException {
        String what = "local directory \"" + source.name() + "\"";
        Session client = sessions.require(session, context.sessions(), what);
        Session.DirectoryRequest request =
                new Session.DirectoryRequest(source.name(), source.include(), source.exclude(), source.follow());
        try {
            return directories.receive(client, request, identity(client));
        } catch (WireFault failed) {
            if (failed.kind() == Kind.NOT_FOUND) {
                throw new WorkerFault(
                        Kind.NOT_FOUND,
                        what + " is not offered by the client: add --local " + source.name() + "=DIR",
                        failed);
            }
            throw failed;
        }
    }

    /** Clients without a key of their own share nothing. What is left out makes another tree. */
    private String identity(Session client) {
        String owner = client.sharedKey().isEmpty() ? "session " + client.id() : "key " + client.sharedKey();
        return String.join(
                "\n",
                owner,
                source.name(),
                source.sharedKeyHint(),
                source.include() + "-" + source.exclude() + "-" + source.follow());
    }
}
