package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.llb.SourceId;
import io.buildkit4j.solver.CacheMap;
import io.buildkit4j.solver.JobContext;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.MountedTree;
import io.buildkit4j.store.RecordType;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import io.buildkit4j.worker.source.git.GitRepositories;
import io.buildkit4j.worker.source.git.GitUrl;
import java.util.List;

/** One commit of a git repository, or a directory of it. The commit is the key. */
final class GitStep implements Step {
    private final SourceId.Git source;
    private final GitUrl url;
    private final GitRepositories repositories;
    private final Store store;

    GitStep(SourceId.Git source, GitRepositories repositories, Store store) {
        this.source = source;
        this.url = GitUrl.parse(source.location(), source.fullUrl());
        this.repositories = repositories;
        this.store = store;
    }

    @Override
    public CacheMap<Ref> cacheMap(JobContext<Ref> context, int index) throws InterruptedException {
        return new KeyParts("git")
                .add("commit", commit())
                .given("directory", url.directory())
                .given("git directory", source.keepGitDirectory() ? url.remote() : "")
                .given("submodules", source.skipSubmodules() ? "skipped" : "")
                .last(List.of());
    }

    private String commit() throws InterruptedException {
        String commit = repositories.resolve(url);
        if (!commit.startsWith(source.checksum())) {
            throw new WorkerFault(
                    Kind.DATA_LOSS,
                    url.shown() + " " + url.ref() + " is commit " + commit + ", not the wanted " + source.checksum());
        }
        return commit;
    }

    @Override
    public List<Ref> run(JobContext<Ref> context, List<Ref> inputs) throws InterruptedException {
        String commit = commit();
        RefDescription description = new RefDescription("git checkout of " + url.shown(), RecordType.GIT_CHECKOUT);
        try (Ref scratch = store.scratch();
                ActiveRef active = store.begin(scratch, description)) {
            try (MountedTree mounted = active.mount()) {
                repositories.checkout(
                        url,
                        commit,
                        new GitRepositories.Checkout(
                                mounted.path(), source.keepGitDirectory(), !source.skipSubmodules()));
            }
            return List.of(active.commit());
        }
    }
}
