package io.buildkit4j.worker;

import io.buildkit4j.image.Digest;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Capabilities;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.solver.CacheStore;
import io.buildkit4j.solver.Edge;
import io.buildkit4j.solver.ResultStore;
import io.buildkit4j.solver.Vertex;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.UsageRecord;
import io.buildkit4j.worker.cache.ImportingKeys;
import io.buildkit4j.worker.cache.Imports;
import io.buildkit4j.worker.cache.RefResults;
import io.buildkit4j.worker.cache.StoredKeys;
import io.buildkit4j.worker.cachemount.CacheMounts;
import io.buildkit4j.worker.containerd.ContainerdExecutor;
import io.buildkit4j.worker.listing.Listings;
import io.buildkit4j.worker.network.Networks;
import io.buildkit4j.worker.process.RuncExecutor;
import io.buildkit4j.worker.source.git.GitRepositories;
import io.buildkit4j.worker.source.http.Downloads;
import io.buildkit4j.worker.source.http.PrivateAddresses;
import io.buildkit4j.worker.source.local.LocalDirectories;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** This machine as something that runs steps: definitions become edges here, and what is known of results is kept here. */
public final class Worker implements AutoCloseable {
    private final WorkerOptions options;
    private final ImageResolver images;
    private final Downloads downloads;
    private final Listings listings;
    private final StoredKeys keys;
    private final Imports imports;
    private final RefResults results;
    private final CacheMounts caches;
    private final Crews crews;
    private final Loader loader;
    private final Networks networks;
    private final List<ProcessExecutor> executors;

    private Worker(WorkerOptions options, List<ProcessExecutor> executors) {
        this.options = options;
        this.images = new ImageResolver(
                options.registries(), options.store().content(), options.store().table("images"));
        PrivateAddresses policy =
                options.settings().denyPrivateAddresses() ? PrivateAddresses.DENIED : PrivateAddresses.ALLOWED;
        this.downloads =
                new Downloads(options.store().content(), options.store().table("downloads"), policy);
        this.listings = new Listings(options.directory().resolve("listings"));
        this.keys = new StoredKeys(options.store().table("keys"), options.store()::has);
        options.store().listen(keys::forget);
        this.imports = new Imports();
        this.results = new RefResults(options.store(), keys, imports);
        this.caches = CacheMounts.open(options.directory().resolve("cache-mounts"));
        options.store().join(caches);
        SessionDoor sessions = new SessionDoor(options.sessions());
        ExecGrants.Place grants = ExecGrants.Place.open(options.directory().resolve("grants"), caches, sessions);
        this.networks = Networks.open(options.settings());
        this.executors = executors;
        this.crews = crews(executors, grants);
        this.loader = new Loader(new Steps(
                options.store(),
                crews,
                images,
                sessions,
                new LocalDirectories(options.store()),
                new GitRepositories(options.directory().resolve("git")),
                downloads,
                listings,
                policy,
                options.sources()));
    }

    private Crews crews(List<ProcessExecutor> executors, ExecGrants.Place grants) {
        List<Crews.Member> members = new ArrayList<>();
        for (int i = 0; i < executors.size(); i++) {
            members.add(new Crews.Member(
                    options.crews().get(i),
                    new ExecStep.Machinery(options.store(), executors.get(i), networks, grants, options.settings())));
        }
        return new Crews(members);
    }

    /**
     * Makes a worker; takes apart what an earlier one left when it was killed.
     *
     * @throws io.buildkit4j.wire.WireFault UNAVAILABLE when a containerd does not answer
     */
    public static Worker open(WorkerOptions options) throws InterruptedException {
        List<ProcessExecutor> executors = new ArrayList<>();
        for (Crew crew : options.crews()) {
            executors.add(executor(crew.runner(), options));
        }
        return new Worker(options, executors);
    }

    private static ProcessExecutor executor(Crew.Runner runner, WorkerOptions options) throws InterruptedException {
        return switch (runner) {
            case Crew.Runner.Oci oci ->
                RuncExecutor.open(oci.binary(), options.directory().resolve("containers"), options.store()::brake);
            case Crew.Runner.Remote remote ->
                ContainerdExecutor.open(
                        remote.containerd(),
                        new ContainerdExecutor.Settings(
                                remote.runtime().orElse(ContainerdExecutor.Settings.RUNTIME),
                                options.directory().resolve("containerd"),
                                options.store()::brake));
            case Crew.Runner.Added added ->
                added.opening().open(options.directory().resolve(added.name()), options.store()::brake);
        };
    }

    /** What clients know as its workers, the usual one first. */
    public List<Crew> crews() {
        return options.crews();
    }

    /**
     * The one that does what steps do not choose otherwise.
     *
     * @throws WorkerFault FAILED_PRECONDITION when none passes the grants' filters
     */
    public Crew crew(Grants grants) {
        return crews.choose(grants).crew();
    }

    /** What it builds for, its own first. */
    public List<Platform> platforms() {
        return options.crews().stream()
                .flatMap(crew -> crew.platforms().stream())
                .distinct()
                .toList();
    }

    /** The machine's devices that steps may ask for. */
    public List<Device> devices() {
        return crews.devices().all();
    }

    /** Whether a build may have the device without asking for the entitlement. */
    public boolean allowed(Device device) {
        return crews.devices().open(device);
    }

    /**
     * The edge of the definition's result; nothing when that is the empty tree. Nothing runs yet.
     *
     * @throws WorkerFault PERMISSION_DENIED for what is not granted, UNIMPLEMENTED for what this worker cannot do
     */
    public Optional<Edge<Ref>> load(Definition definition, Grants grants) {
        Capabilities.check(definition);
        return loader.load(definition, grants);
    }

    /**
     * A container for processes that are no steps of a build.
     *
     * @param grants whose client gives secrets and agents, and what is allowed
     * @throws WorkerFault PERMISSION_DENIED for what is not granted
     */
    public WorkContainer container(WorkContainer.Request request, Grants grants) throws InterruptedException {
        return WorkContainer.open(crews.choose(grants).machinery(), request, grants);
    }

    /** What images' names stand for. */
    public ImageResolver images() {
        return images;
    }

    /**
     * How a client's directory differs from what it was.
     *
     * @param before content digest of the whole directory then, {@code after} now
     * @param selection the part that counts, as the selector of the input rule says
     * @return nothing when one of the two is not remembered any more
     */
    public Optional<FileChanges> fileChanges(Digest before, Digest after, String selection)
            throws InterruptedException {
        return listings.compare(before, after, selection);
    }

    /** Whether running the step is work, rather than fetching what lies somewhere else. */
    public static boolean isWork(Vertex<Ref> vertex) {
        return vertex instanceof OpVertex op && isWork(op.step());
    }

    private static boolean isWork(Step step) {
        return switch (step) {
            case ImageStep image -> false;
            case LocalStep local -> false;
            case GitStep git -> false;
            case HttpStep http -> false;
            case AddedSourceStep added -> false;
            case RoomyStep roomy -> isWork(roomy.step());
            default -> true;
        };
    }

    /** Keys and results, kept in the store. */
    public CacheStore keys() {
        return new ImportingKeys(keys, imports);
    }

    /** From now on steps are also found by what another daemon knows, until the answer is closed. */
    public ImportedCache.Open importCache(ImportedCache cache) {
        return imports.open(cache);
    }

    /** The directories that steps share from run to run, as usage shows them. */
    public List<UsageRecord> cacheMounts() {
        return caches.usage();
    }

    /** Removes such a directory unless a step uses it; answers the bytes that this freed. */
    public Optional<Long> removeCacheMount(String id) {
        return caches.remove(id);
    }

    /** How the solver handles refs. */
    public ResultStore<Ref> results() {
        return results;
    }

    @Override
    public void close() {
        listings.close();
        downloads.close();
        networks.close();
        executors.forEach(ProcessExecutor::close);
    }
}
