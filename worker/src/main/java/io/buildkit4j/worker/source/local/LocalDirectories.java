package io.buildkit4j.worker.source.local;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.MetadataTable;
import io.buildkit4j.store.RecordType;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import io.buildkit4j.wire.Session;
import io.buildkit4j.worker.WorkerFault;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Receives directories of clients, remembering by whose they are which tree came last. Two that transfer for one identity at
 * once both succeed; the later one is remembered. Forgetting, or losing a tree to garbage collection, costs a full transfer.
 */
public final class LocalDirectories {
    private static final int MOST_LAYERS = 24;
    private static final long MOST_REPLACED = 512L << 20;

    /** No inode is that new, so nothing is marked. */
    private static final long NEVER = Long.MAX_VALUE;

    private final Store store;
    private final MetadataTable last;

    /** Over one store. */
    public LocalDirectories(Store store) {
        this.store = store;
        last = store.table("local-directories");
    }

    /**
     * What came last.
     *
     * @param layers snapshots that differences have piled up
     * @param replaced bytes in them that are no longer seen
     * @param walked when the client began to look, by its clock; {@link #NEVER} when it does not tell
     */
    private record Last(String ref, int layers, long replaced, long walked) {
        static Optional<Last> parse(byte[] bytes) {
            String[] fields = new String(bytes, StandardCharsets.UTF_8).split(" ", -1);
            try {
                return fields.length == 4
                        ? Optional.of(new Last(
                                fields[0],
                                Integer.parseInt(fields[1]),
                                Long.parseLong(fields[2]),
                                Long.parseLong(fields[3])))
                        : Optional.empty();
            } catch (NumberFormatException damaged) {
                return Optional.empty();
            }
        }

        byte[] bytes() {
            return (ref + " " + layers + " " + replaced + " " + walked).getBytes(StandardCharsets.UTF_8);
        }
    }

    /**
     * The client's directory as it is now.
     *
     * @param identity whose directory it is: the client's shared key with the name, or the session's id with the name where
     *     there is no key. Never equal for clients that must not see each other's files
     * @return to be closed by the caller
     */
    public Ref receive(Session session, Session.DirectoryRequest request, String identity) throws InterruptedException {
        Optional<Last> known = last.get(identity).flatMap(Last::parse);
        Optional<Ref> kept = known.flatMap(of -> store.find(of.ref));
        Ref before = kept.orElseGet(store::scratch);
        RefDescription record = new RefDescription("local source for " + request.name(), RecordType.LOCAL_SOURCE);
        try (Difference difference = new Difference(before.tree(), () -> begin(before, record))) {
            // bytes may change while size and time stay: the inode's time tells, where the client says it
            session.receive(request.since(kept.isPresent() ? known.orElseThrow().walked : NEVER), difference);
            if (!difference.any()) {
                return kept.isPresent() ? before.share() : store.scratch();
            }
            Ref after = difference.active().commit();
            Last now = new Last(
                    after.id(),
                    kept.isPresent() ? known.orElseThrow().layers + 1 : 1,
                    difference.replaced() + (kept.isPresent() ? known.orElseThrow().replaced : 0),
                    difference.walked().orElse(NEVER));
            return remember(identity, now, after, record);
        } finally {
            before.close();
        }
    }

    /** For callers that cannot be interrupted: what a client sent is never fetched. */
    private ActiveRef begin(Ref before, RefDescription record) {
        try {
            return store.begin(before, record);
        } catch (InterruptedException canceled) {
            Thread.currentThread().interrupt();
            throw new WorkerFault(Kind.CANCELED, "receiving files was canceled", canceled);
        }
    }

    private Ref remember(String identity, Last now, Ref after, RefDescription record) throws InterruptedException {
        if (now.layers < MOST_LAYERS && now.replaced < MOST_REPLACED) {
            last.put(identity, now.bytes());
            return after;
        }
        try (after;
                Ref scratch = store.scratch();
                ActiveRef flat = store.begin(scratch, record)) {
            Flattening.copy(after.tree(), flat.tree());
            Ref ref = flat.commit();
            last.put(identity, new Last(ref.id(), 1, 0, now.walked).bytes());
            return ref;
        }
    }
}
