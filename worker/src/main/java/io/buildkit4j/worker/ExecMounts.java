package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.llb.ExecMount;
import io.buildkit4j.llb.Op;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.MountedTree;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.worker.rootfs.MountStubs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The file systems of one process while it is prepared, runs and is turned into results. */
final class ExecMounts implements AutoCloseable {
    private final Store store;
    private final String name;
    private final List<Ref> inputs;
    private final ExecGrants grants;
    /** Snapshots first, then their mounts, so that they are closed the other way round. */
    private final Holds actives = new Holds();

    private final Holds mounted = new Holds();
    private final List<Bound> bound = new ArrayList<>();
    private final List<ProcessMount> others = new ArrayList<>();
    private List<ExecMount> asked = List.of();
    /** Where on the host what is mounted, by the destinations as they were asked for. */
    private final Map<String, Path> paths = new ConcurrentHashMap<>();

    private Optional<MountStubs> stubs = Optional.empty();

    /** One bind mount. {@code active} is there when it may be written to, and for every root. */
    private record Bound(ExecMount mount, String destination, Optional<Ref> input, Optional<ActiveRef> active) {
        boolean isRoot() {
            return destination.equals("/");
        }
    }

    ExecMounts(Store store, String name, List<Ref> inputs, ExecGrants grants) {
        this.grants = grants;
        this.store = store;
        this.name = name;
        this.inputs = inputs;
    }

    /** Begins the snapshots that the mounts need, and takes what is granted; nothing is mounted yet. */
    void begin(Op.Exec op) throws InterruptedException {
        asked = op.mounts();
        String directory = absolute("/", op.meta().workingDirectory());
        for (ExecMount mount : op.mounts()) {
            String destination = absolute(directory, mount.destination());
            if (mount instanceof ExecMount.Bind bind) {
                bound.add(begin(bind, destination));
            } else {
                grants.mount(mount, destination, inputs).ifPresent(others::add);
            }
        }
        if (bound.stream().noneMatch(Bound::isRoot)) {
            throw new WorkerFault(Kind.INVALID_ARGUMENT, name + ": no mount at /: a process needs a root");
        }
    }

    /** Something more that the process sees, which is no part of the op. */
    void add(ProcessMount mount) {
        others.add(mount);
    }

    private Bound begin(ExecMount.Bind mount, String destination) throws InterruptedException {
        Optional<Ref> input = mount.input() == Op.NONE ? Optional.empty() : Optional.of(inputs.get(mount.input()));
        boolean active = !mount.frame().readOnly() || destination.equals("/");
        Optional<ActiveRef> begun = Optional.empty();
        if (active) {
            try (Holds parent = new Holds()) {
                Ref below = input.orElseGet(() -> parent.hold(store.scratch()));
                begun = Optional.of(actives.hold(store.begin(below, RefDescription.regular(name))));
            }
        }
        return new Bound(mount, destination, input, begun);
    }

    private Bound root() {
        return bound.stream().filter(Bound::isRoot).findFirst().orElseThrow();
    }

    /** The root, for what is to be made in it before it is mounted. */
    TreeWriter rootTree() {
        return root().active().orElseThrow().tree();
    }

    boolean readOnlyRoot() {
        return root().mount().frame().readOnly();
    }

    /** Makes what the mounts lie on. */
    void makeStubs() throws InterruptedException {
        List<MountStubs.Target> targets = new ArrayList<>();
        for (String directory : List.of("/proc", "/dev", "/sys")) {
            targets.add(new MountStubs.Target(directory, true));
        }
        for (Bound bind : bound) {
            if (!bind.isRoot()) {
                targets.add(new MountStubs.Target(bind.destination(), selectsDirectory(bind)));
            }
        }
        others.forEach(mount -> targets.add(new MountStubs.Target(mount.destination(), isDirectory(mount))));
        targets.add(new MountStubs.Target("/etc/resolv.conf", false));
        targets.add(new MountStubs.Target("/etc/hosts", false));
        stubs = Optional.of(MountStubs.make(rootTree(), targets));
    }

    private static boolean isDirectory(ProcessMount mount) {
        return switch (mount) {
            case ProcessMount.Bind bind -> Files.isDirectory(bind.source());
            case ProcessMount.Temporary memory -> true;
        };
    }

    private static boolean selectsDirectory(Bound bind) throws InterruptedException {
        String selector = bind.mount().frame().selector();
        return selector.isEmpty()
                || tree(bind)
                        .find(selector, true)
                        .map(entry -> entry.isDirectory())
                        .orElse(true);
    }

    private static TreeReader tree(Bound bind) throws InterruptedException {
        if (bind.active().isPresent()) {
            return bind.active().get().tree();
        }
        return bind.input()
                .orElseThrow(() -> new WorkerFault(
                        Kind.INVALID_ARGUMENT, "read-only mount at " + bind.destination() + " has no input"))
                .tree();
    }

    /** Mounts everything; answers where the root is. */
    Path mount(List<ProcessMount> mounts) throws InterruptedException {
        Path rootPath = mount(root());
        for (Bound bind : bound) {
            if (!bind.isRoot()) {
                Path path = mount(bind);
                mounts.add(new ProcessMount.Bind(
                        bind.destination(),
                        selected(bind, path),
                        bind.mount().frame().readOnly()));
            }
        }
        mounts.addAll(others);
        return rootPath;
    }

    /** What lies at the mount with this index in the op, as it is now. */
    TreeReader live(int index) throws InterruptedException {
        if (index < 0 || index >= asked.size()) {
            throw new WorkerFault(Kind.NOT_FOUND, name + " has no mount " + index);
        }
        ExecMount wanted = asked.get(index);
        Path path = paths.get(wanted.destination());
        if (path != null) {
            return new LiveTree(path);
        }
        return tree(bound.stream()
                .filter(bind -> bind.mount().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new WorkerFault(
                        Kind.FAILED_PRECONDITION,
                        "mount " + wanted.destination() + " of " + name + " can be read by its processes only")));
    }

    private Path mount(Bound bind) throws InterruptedException {
        Optional<ActiveRef> active = bind.active();
        if (active.isPresent()) {
            return at(bind, mounted.hold(active.get().mount()));
        }
        Ref input = bind.input()
                .orElseThrow(() -> new WorkerFault(
                        Kind.INVALID_ARGUMENT, "read-only mount at " + bind.destination() + " has no input"));
        return at(bind, mounted.hold(input.mountReadOnly()));
    }

    private Path at(Bound bind, MountedTree tree) {
        paths.put(bind.mount().destination(), tree.path());
        return tree.path();
    }

    /** Resolved by the tree, so that no link leads out of the mount. */
    private Path selected(Bound bind, Path path) throws InterruptedException {
        String selector = bind.mount().frame().selector();
        if (selector.isEmpty() || selector.equals("/")) {
            return path;
        }
        TreeReader tree = tree(bind);
        String resolved = tree.resolve(selector, true);
        if (tree.find(resolved, false).isEmpty()) {
            throw new WorkerFault(
                    Kind.NOT_FOUND,
                    name + ": " + selector + ", to be mounted at " + bind.destination() + ", is not there");
        }
        return path.resolve(resolved.substring(1));
    }

    /** Ends the mounts and makes results of what is to be kept, by output index. */
    List<Ref> commit() throws InterruptedException {
        mounted.close();
        stubs.ifPresent(made -> made.remove(rootTree()));
        Map<Integer, Ref> outputs = new TreeMap<>();
        try (Holds finished = new Holds()) {
            for (Bound bind : bound) {
                int output = bind.mount().output();
                if (output != Op.NONE) {
                    outputs.put(output, finished.hold(result(bind)));
                }
            }
            if (!outputs.keySet().stream().toList().equals(indexes(outputs.size()))) {
                throw new WorkerFault(
                        Kind.INVALID_ARGUMENT,
                        name + ": outputs are not numbered from 0 without gaps: " + outputs.keySet());
            }
            finished.release();
            return List.copyOf(outputs.values());
        }
    }

    private static List<Integer> indexes(int count) {
        return java.util.stream.IntStream.range(0, count).boxed().toList();
    }

    private Ref result(Bound bind) throws InterruptedException {
        boolean kept = !bind.mount().frame().readOnly();
        if (kept && bind.active().isPresent()) {
            return bind.active().get().commit();
        }
        return bind.input().map(Ref::share).orElseGet(store::scratch);
    }

    static String absolute(String directory, String path) {
        String joined = path.startsWith("/") ? path : directory + "/" + path;
        return Path.of(joined).normalize().toString();
    }

    @Override
    public void close() {
        try {
            mounted.close();
        } finally {
            actives.close();
        }
    }
}
