package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.llb.Attribute;
import io.buildkit4j.llb.ExecMount;
import io.buildkit4j.llb.SourceId;
import io.buildkit4j.solver.CacheMap;
import io.buildkit4j.solver.JobContext;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.MountedTree;
import io.buildkit4j.store.RecordType;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import io.buildkit4j.worker.source.git.GitLogin;
import io.buildkit4j.worker.source.git.GitRemote;
import io.buildkit4j.worker.source.git.GitRepositories;
import io.buildkit4j.worker.source.git.GitUrl;
import io.buildkit4j.worker.source.http.PrivateAddresses;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One commit of a git repository, or a directory of it. The commit is the key. */
final class GitStep implements Step {
    private final SourceId.Git source;
    private final GitUrl url;
    private final GitRepositories repositories;
    private final Store store;
    private final Door door;
    private volatile String known = "";

    /** Whom it asks who it is, and where it may go. */
    record Door(ExecGrants.Place grants, PrivateAddresses policy) {}

    GitStep(SourceId.Git source, GitRepositories repositories, Store store, Door door) {
        this.door = door;
        this.source = source;
        this.url = GitUrl.parse(source.location(), source.fullUrl());
        this.repositories = repositories;
        this.store = store;
    }

    @Override
    public CacheMap<Ref> cacheMap(JobContext<Ref> context, int index) throws InterruptedException {
        String commit;
        try (ExecGrants grants = new ExecGrants(door.grants, context.sessions())) {
            commit = commit(remote(grants));
        }
        return new KeyParts("git")
                .add("commit", commit)
                .given("directory", url.directory())
                .given("git directory", source.keepGitDirectory() ? url.shown() : "")
                .given("submodules", source.skipSubmodules() ? "skipped" : "")
                .given("times", isDated() ? "commit" : "")
                .last(List.of());
    }

    /** Asks the clients for what the source says lets in, as far as they have it. */
    private GitRemote remote(ExecGrants grants) throws InterruptedException {
        door.policy.check(url.host().replaceFirst(":[0-9]*$", ""), url.shown());
        SourceId.GitAccess access = source.access();
        boolean web = url.remote().startsWith("http");
        boolean named = !access.sshSocket().isEmpty();
        Optional<Path> agent = web
                ? Optional.empty()
                : grants.agent(new ExecMount.Grant(named ? access.sshSocket() : "default", 0, 0, 0600, !named));
        Optional<String> authorization = web ? authorization(grants) : Optional.empty();
        return new GitRemote(url, new GitLogin(authorization, agent, access.knownHosts()));
    }

    /** What is meant for this host comes before what is meant for any, and a header before a token. */
    private Optional<String> authorization(ExecGrants grants) throws InterruptedException {
        List<String> headers = GitRemote.secrets(url, source.access().headerSecret());
        List<String> tokens = GitRemote.secrets(url, source.access().tokenSecret());
        for (int i = 0; i < Math.max(headers.size(), tokens.size()); i++) {
            Optional<byte[]> header = i < headers.size() ? grants.secret(headers.get(i)) : Optional.empty();
            if (header.isPresent()) {
                return header.map(GitLogin::text);
            }
            Optional<byte[]> token = i < tokens.size() ? grants.secret(tokens.get(i)) : Optional.empty();
            if (token.isPresent()) {
                return token.map(GitLogin::token);
            }
        }
        return Optional.empty();
    }

    private boolean says(String attribute, String value) {
        return source.rest().contains(new Attribute(attribute, value));
    }

    private boolean isDated() {
        return says("git.mtime", "commit");
    }

    /** The one that the key was made of, be there another one by now. */
    private String commit(GitRemote remote) throws InterruptedException {
        String told = known;
        if (told.isEmpty()) {
            told = asked(remote);
            known = told;
        }
        return told;
    }

    private String asked(GitRemote remote) throws InterruptedException {
        boolean trusted = says("git.fetchbycommit", "true") && source.checksum().matches("[0-9a-f]{40}|[0-9a-f]{64}");
        String commit = trusted ? source.checksum() : repositories.resolve(remote);
        if (!commit.startsWith(source.checksum())) {
            throw new WorkerFault(
                    Kind.DATA_LOSS,
                    url.shown() + " " + url.ref() + " is commit " + commit + ", not the wanted " + source.checksum());
        }
        return commit;
    }

    @Override
    public List<Ref> run(JobContext<Ref> context, List<Ref> inputs) throws InterruptedException {
        RefDescription description = new RefDescription("git checkout of " + url.shown(), RecordType.GIT_CHECKOUT);
        try (ExecGrants grants = new ExecGrants(door.grants, context.sessions());
                Ref scratch = store.scratch();
                ActiveRef active = store.begin(scratch, description)) {
            GitRemote remote = remote(grants);
            String commit = commit(remote);
            try (MountedTree mounted = active.mount()) {
                repositories.checkout(
                        remote,
                        commit,
                        new GitRepositories.Checkout(
                                mounted.path(), source.keepGitDirectory(), !source.skipSubmodules()));
                if (isDated()) {
                    repositories.date(remote, commit, mounted.path());
                }
            }
            return List.of(active.commit());
        }
    }
}
