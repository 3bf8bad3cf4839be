package io.buildkit4j.frontend.emit;

import io.buildkit4j.footing.RootedPath;
import io.buildkit4j.footing.Tails;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.instruction.Spelling;
import io.buildkit4j.frontend.syntax.Statement;
import io.buildkit4j.llb.ExecMount;
import io.buildkit4j.llb.ExecMount.CacheSharing;
import io.buildkit4j.llb.ExecMount.ContentCache;
import io.buildkit4j.llb.ExecMount.Grant;
import io.buildkit4j.llb.ExecMount.MountFrame;
import io.buildkit4j.llb.FileAction;
import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.Run;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The mounts of one RUN, and the shared memory that an option wants. */
final class RunMounts {
    private static final String SHARED_MEMORY = "/dev/shm";

    private final StageEmitter stage;
    private final Statement statement;
    private final List<MountOptions> mounts;
    private int sockets;

    RunMounts(StageEmitter stage, Instruction.Run instruction) {
        this.stage = stage;
        this.statement = instruction.statement();
        this.mounts = instruction.mounts().stream()
                .map(mount -> MountOptions.read(stage, statement, mount))
                .toList();
    }

    /** Variables that are secrets. */
    Set<String> variables() {
        Set<String> names = new TreeSet<>();
        mounts.stream()
                .filter(mount -> mount.type().equals("secret"))
                .forEach(mount -> mount.text("env").ifPresent(names::add));
        return names;
    }

    Run add(Run run) throws InterruptedException {
        Run with = run;
        for (MountOptions mount : mounts) {
            with = switch (mount.type()) {
                case "bind" -> bind(with, mount);
                case "cache" -> cache(with, mount);
                case "tmpfs" -> with.tmpfs(target(mount), mount.size());
                case "secret" -> secret(with, mount);
                default -> ssh(with, mount);
            };
        }
        long shared = stage.plan().inputs().options().limits().sharedMemory();
        return shared > 0 ? with.tmpfs(SHARED_MEMORY, shared) : with;
    }

    private String target(MountOptions mount) {
        String written = mount.target();
        String path = "/"
                + RootedPath.inside(
                        written.startsWith("/") ? written : stage.state().directory() + "/" + written);
        if (path.equals("/")) {
            throw statement.blame("invalid mount target \"" + path + "\": name it with target=PATH");
        }
        return path;
    }

    private State source(MountOptions mount, String path) throws InterruptedException {
        return mount.from().isEmpty()
                ? stage.plan().context(path)
                : stage.plan().from(mount.from(), stage.stage(), statement.place(), path);
    }

    private Run bind(Run run, MountOptions mount) throws InterruptedException {
        String path = RootedPath.inside(mount.source());
        MountFrame frame = frame(target(mount), path, mount.readOnly(true));
        return run.mount(new ExecMount.Bind(frame), source(mount, path), true);
    }

    private static MountFrame frame(String target, String path, boolean readOnly) {
        String selector = path.isEmpty() ? "" : "/" + path;
        return new MountFrame(Op.NONE, selector, target, Op.NONE, readOnly, "", ContentCache.DEFAULT);
    }

    private Run cache(Run run, MountOptions mount) throws InterruptedException {
        String target = target(mount);
        String id = mount.text("id").filter(text -> !text.isEmpty()).orElseGet(() -> clean(mount.target()));
        CacheSharing sharing = switch (mount.sharing()) {
            case "private" -> CacheSharing.PRIVATE;
            case "locked" -> CacheSharing.LOCKED;
            default -> CacheSharing.SHARED;
        };
        String path = RootedPath.inside(mount.source());
        State base = mount.from().isEmpty() ? State.scratch() : source(mount, path);
        if (path.isEmpty() && mount.isOwned()) {
            FileAction made = new FileAction.MakeDirectory(
                    FileSteps.open(),
                    "/cache",
                    mount.mode(0755),
                    false,
                    Owners.of(mount.number("uid") + ":" + mount.number("gid")),
                    FileAction.KEEP_TIME);
            base = base.file(
                    FileSteps.begin().then(made, State.scratch()),
                    StepNote.named("[internal] setting cache mount permissions"));
            path = "cache";
        }
        String space = stage.plan().arguments().getOrDefault("BUILDKIT_CACHE_MOUNT_NS", "");
        ExecMount.Cache wanted =
                new ExecMount.Cache(frame(target, path, mount.readOnly(false)), space + "/" + id, sharing);
        return run.mount(wanted, base, true);
    }

    private static String clean(String path) {
        String inside = RootedPath.inside(path);
        return path.startsWith("/") ? "/" + inside : inside;
    }

    private Run secret(Run run, MountOptions mount) {
        String target = mount.target();
        String named = mount.text("source", "src").or(() -> mount.text("id")).orElse("");
        String id = named.isEmpty() ? last(target) : named;
        String variable = mount.text("env").orElse("");
        Run with =
                variable.isEmpty() ? run : run.secretVariable(new Op.SecretVariable(id, variable, !mount.isRequired()));
        if (!variable.isEmpty() && target.isEmpty()) {
            return with;
        }
        return with.secret(target.isEmpty() ? "/run/secrets/" + last(id) : target, mount.grant(id, 0400));
    }

    private static String last(String path) {
        String inside = Tails.cut(path, '/');
        return inside.substring(inside.lastIndexOf('/') + 1);
    }

    private Run ssh(Run run, MountOptions mount) {
        if (!mount.source().isEmpty()) {
            throw statement.blame("ssh does not support source");
        }
        String id = mount.text("id").filter(text -> !text.isEmpty()).orElse("default");
        String socket = mount.target().isEmpty() ? "/run/buildkit/ssh_agent." + sockets : mount.target();
        boolean known = sockets++ > 0 || stage.isSet("SSH_AUTH_SOCK");
        Run with = known ? run : run.environment("SSH_AUTH_SOCK", socket);
        Grant grant = mount.grant(id, 0600);
        return with.ssh(socket, grant);
    }

    static String valid(Statement statement, String what, String given, Set<String> all) {
        if (!all.contains(given)) {
            throw statement.blame("unsupported " + what + " \"" + given + "\"" + Spelling.suggestion(given, all, ""));
        }
        return given;
    }
}
