package io.buildkit4j.llb;

import io.buildkit4j.footing.Kind;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What this daemon can do with LLB, by the ids of the wire: what it tells clients, and what it refuses. */
public final class Capabilities {
    private static final List<String> IMPLEMENTED = List.of(
            "source.image",
            "source.image.resolvemode",
            "source.image.layerlimit",
            "source.image.checksum",
            "source.local",
            "source.local.unique",
            "source.local.sessionid",
            "source.local.includepatterns",
            "source.local.followpaths",
            "source.local.excludepatterns",
            "source.local.sharedkeyhint",
            "source.local.differ",
            "source.git",
            "source.git.keepgitdir",
            "source.git.fullurl",
            "source.git.subdir",
            "source.git.checksum",
            "source.git.skipsubmodules",
            "source.git.mtime",
            "source.git.fetchbycommit",
            "source.git.httpauth",
            "source.git.knownsshhosts",
            "source.git.mountsshsock",
            "source.http",
            "source.http.checksum",
            "source.http.perm",
            "source.http.auth",
            "source.http.header",
            "soruce.http.uidgid",
            "source.ocilayout",
            "source.buildop.llbfilename",
            "exec.meta.base",
            "exec.meta.cdi",
            "exec.meta.cgroup.parent",
            "exec.meta.linux.resources",
            "exec.meta.network",
            "exec.meta.proxyenv",
            "exec.meta.security",
            "exec.meta.setsdefaultpath",
            "exec.meta.ulimit",
            "exec.mount.bind",
            "exec.mount.bind.readwrite-nooutput",
            "exec.mount.cache",
            "exec.mount.cache.sharing",
            "exec.mount.cache.content",
            "exec.mount.selector",
            "exec.mount.tmpfs",
            "exec.mount.tmpfs.size",
            "exec.mount.secret",
            "exec.mount.ssh",
            "exec.secretenv",
            "exec.validexitcode",
            "file.base",
            "file.rm.wildcard",
            "file.rm.nofollowsymlink",
            "file.copy.includeexcludepatterns",
            "file.copy.requiredpaths",
            "file.copy.modestring",
            "file.copy.alwaysreplaceexistingdestpaths",
            "file.symlink.create",
            "constraints",
            "platform",
            "meta.ignorecache",
            "meta.description",
            "meta.exportcache",
            "mergeop",
            "diffop",
            "passthroughop",
            "exporter.image.annotations",
            "exporter.multiple");

    private Capabilities() {}

    /** Ids that are offered, in a fixed order. */
    public static List<String> implemented() {
        return IMPLEMENTED;
    }

    /**
     * Refuses a definition that says it needs more.
     *
     * @throws LlbFault UNIMPLEMENTED naming the op and the capability
     */
    public static void check(Definition definition) {
        Set<String> offered = Set.copyOf(IMPLEMENTED);
        definition
                .metadata()
                .forEach((digest, said) -> said.capabilities().forEach((id, needed) -> {
                    if (needed && !offered.contains(id)) {
                        throw new LlbFault(
                                Kind.UNIMPLEMENTED,
                                "unknown API capability " + id + ", needed by "
                                        + said.customName().orElse(digest.toString())
                                        + ": this daemon does not offer it");
                    }
                }));
    }

    /** What an op needs. */
    public static Set<String> of(Op op) {
        Set<String> needed = new TreeSet<>();
        op.platform().ifPresent(_ -> needed.add("platform"));
        op.frame().constraints().ifPresent(_ -> needed.add("constraints"));
        switch (op) {
            case Op.Source source -> source(source.id(), needed);
            case Op.Exec exec -> exec(exec, needed);
            case Op.File file -> file.actions().forEach(action -> file(action, needed));
            case Op.Merge _ -> needed.add("mergeop");
            case Op.Diff _ -> needed.add("diffop");
            case Op.Build _ -> needed.add("source.buildop.llbfilename");
            case Op.Passthrough _ -> needed.add("passthroughop");
        }
        return needed;
    }

    private static void when(boolean used, String id, Set<String> needed) {
        if (used) {
            needed.add(id);
        }
    }

    private static void source(SourceId id, Set<String> needed) {
        switch (id) {
            case SourceId.DockerImage image -> {
                needed.add("source.image");
                when(image.mode() != SourceId.ResolveMode.DEFAULT, "source.image.resolvemode", needed);
                when(image.layerLimit().isPresent(), "source.image.layerlimit", needed);
                when(image.checksum().isPresent(), "source.image.checksum", needed);
            }
            case SourceId.OciLayout _ -> needed.add("source.ocilayout");
            case SourceId.Blob _ -> needed.add("source.imageblob");
            case SourceId.Local local -> {
                needed.add("source.local");
                when(!local.unique().isEmpty(), "source.local.unique", needed);
                when(!local.session().isEmpty(), "source.local.sessionid", needed);
                when(!local.include().isEmpty(), "source.local.includepatterns", needed);
                when(!local.exclude().isEmpty(), "source.local.excludepatterns", needed);
                when(!local.follow().isEmpty(), "source.local.followpaths", needed);
                when(!local.sharedKeyHint().isEmpty(), "source.local.sharedkeyhint", needed);
                when(!local.compareByMetadata(), "source.local.differ", needed);
            }
            case SourceId.Git git -> {
                needed.add("source.git");
                when(git.keepGitDirectory(), "source.git.keepgitdir", needed);
                when(!git.fullUrl().isEmpty(), "source.git.fullurl", needed);
                when(!git.checksum().isEmpty(), "source.git.checksum", needed);
                when(git.skipSubmodules(), "source.git.skipsubmodules", needed);
                when(!git.access().knownHosts().isEmpty(), "source.git.knownsshhosts", needed);
                when(!git.access().sshSocket().isEmpty(), "source.git.mountsshsock", needed);
            }
            case SourceId.Http http -> {
                needed.add("source.http");
                when(http.checksum().isPresent(), "source.http.checksum", needed);
                when(http.mode().isPresent(), "source.http.perm", needed);
                when(!http.headerSecret().isEmpty(), "source.http.auth", needed);
                when(http.uid().isPresent() || http.gid().isPresent(), "soruce.http.uidgid", needed);
            }
            case SourceId.Unknown _ -> {}
        }
    }

    private static void exec(Op.Exec exec, Set<String> needed) {
        needed.add("exec.meta.base");
        when(exec.network() != Op.NetworkMode.DEFAULT, "exec.meta.network", needed);
        when(exec.security() != Op.SecurityMode.SANDBOX, "exec.meta.security", needed);
        when(exec.meta().proxy().isPresent(), "exec.meta.proxyenv", needed);
        when(!exec.meta().ulimits().isEmpty(), "exec.meta.ulimit", needed);
        when(!exec.meta().validExitCodes().isEmpty(), "exec.validexitcode", needed);
        when(!exec.meta().cgroupParent().isEmpty(), "exec.meta.cgroup.parent", needed);
        when(!exec.secrets().isEmpty(), "exec.secretenv", needed);
        when(!exec.devices().isEmpty(), "exec.meta.cdi", needed);
        for (ExecMount mount : exec.mounts()) {
            when(!mount.frame().selector().isEmpty(), "exec.mount.selector", needed);
            when(mount.frame().contentCache() != ExecMount.ContentCache.DEFAULT, "exec.mount.cache.content", needed);
            switch (mount) {
                case ExecMount.Bind bind -> {
                    needed.add("exec.mount.bind");
                    boolean discarded =
                            bind.output() == Op.NONE && !bind.frame().readOnly();
                    when(discarded, "exec.mount.bind.readwrite-nooutput", needed);
                }
                case ExecMount.Cache cache -> {
                    needed.add("exec.mount.cache");
                    when(cache.sharing() != ExecMount.CacheSharing.SHARED, "exec.mount.cache.sharing", needed);
                }
                case ExecMount.Tmpfs tmpfs -> {
                    needed.add("exec.mount.tmpfs");
                    when(tmpfs.size() > 0, "exec.mount.tmpfs.size", needed);
                }
                case ExecMount.Secret _ -> needed.add("exec.mount.secret");
                case ExecMount.Ssh _ -> needed.add("exec.mount.ssh");
            }
        }
    }

    private static void file(FileAction action, Set<String> needed) {
        needed.add("file.base");
        switch (action) {
            case FileAction.Copy copy -> {
                boolean patterns = !copy.include().isEmpty() || !copy.exclude().isEmpty();
                when(patterns, "file.copy.includeexcludepatterns", needed);
                when(!copy.required().isEmpty(), "file.copy.requiredpaths", needed);
                when(copy.traits().alwaysReplace(), "file.copy.alwaysreplaceexistingdestpaths", needed);
                when(!copy.symbolicMode().isEmpty(), "file.copy.modestring", needed);
            }
            case FileAction.Remove remove -> when(remove.allowWildcard(), "file.rm.wildcard", needed);
            case FileAction.Symlink _ -> needed.add("file.symlink.create");
            case FileAction.MakeFile _, FileAction.MakeDirectory _ -> {}
        }
    }
}
