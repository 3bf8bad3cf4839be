package io.buildkit4j.bench.process;

import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.MountedTree;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.worker.Isolation;
import io.buildkit4j.worker.ProcessRequest;
import io.buildkit4j.worker.process.RuncExecutor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where the time of a chained step goes that runs {@code true}: its snapshot, the mount, the process, the unmount and the
 * commit, and beside them {@code runc run} of a like bundle by itself in the same rounds.
 */
public final class StepPhases {
    private static final int ROUNDS = 61;
    private static final int WARM = 20;

    private final Map<String, List<Double>> times = new LinkedHashMap<>();
    private long last;

    private StepPhases() {}

    /** Needs root, runc and busybox; takes the directory to work in. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        new StepPhases().run(Files.createTempDirectory(Path.of(arguments.length > 0 ? arguments[0] : "/tmp"), "steps"));
    }

    private void lap(String phase) {
        long now = System.nanoTime();
        times.computeIfAbsent(phase, each -> new ArrayList<>()).add((now - last) / 1e6);
        last = now;
    }

    private void run(Path folder) throws IOException, InterruptedException {
        Path bundle = folder.resolve("bundle");
        Files.copy(
                Path.of("/bin/busybox"),
                Files.createDirectories(bundle.resolve("rootfs")).resolve("true"));
        try (Store store = Store.open(folder.resolve("store"));
                RuncExecutor executor = RuncExecutor.open("runc", folder.resolve("executor"))) {
            Ref parent = base(store);
            for (int i = 0; i < WARM + ROUNDS; i++) {
                if (i == WARM) {
                    times.clear();
                }
                parent = step(store, executor, parent);
                bare(bundle, folder, "bare" + i);
            }
            parent.close();
        }
        times.forEach((phase, all) -> {
            all.sort(null);
            System.out.printf(
                    Locale.ROOT,
                    "%-28s median %6.2f ms, quarter %6.2f, least %6.2f%n",
                    phase,
                    all.get(all.size() / 2),
                    all.get(all.size() / 4),
                    all.getFirst());
        });
        new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
    }

    private static Ref base(Store store) throws IOException, InterruptedException {
        try (Ref scratch = store.scratch();
                ActiveRef active = store.begin(scratch, RefDescription.regular("base"))) {
            TreeWriter.Attributes program = new TreeWriter.Attributes(0755, 0, 0, 0, Map.of());
            try (OutputStream to = active.tree().writeFile("/true", program)) {
                Files.copy(Path.of("/bin/busybox"), to);
            }
            for (String directory : List.of("/proc", "/dev", "/sys", "/etc")) {
                active.tree().makeDirectory(directory, program);
            }
            return active.commit();
        }
    }

    private Ref step(Store store, RuncExecutor executor, Ref parent) throws InterruptedException {
        last = System.nanoTime();
        try (parent;
                ActiveRef active = store.begin(parent, RefDescription.regular("step"))) {
            lap("snapshot");
            try (MountedTree mounted = active.mount()) {
                lap("mount");
                ProcessRequest.Command command = new ProcessRequest.Command(
                        List.of("/true"), List.of("PATH=/"), "/", ProcessRequest.Identity.ROOT, List.of());
                executor.run(
                        new ProcessRequest(mounted.path(), false, command, List.of(), Isolation.DEFAULT),
                        (stream, bytes, offset, length) -> {});
                lap("the executor, runc in it");
            }
            lap("unmount");
            Ref made = active.commit();
            lap("commit");
            return made;
        }
    }

    /** With a specification as the runtime itself writes one, which has no system call filter and fewer mounts. */
    private void bare(Path bundle, Path folder, String name) throws IOException, InterruptedException {
        if (!Files.exists(bundle.resolve("config.json"))) {
            new ProcessBuilder("runc", "spec")
                    .directory(bundle.toFile())
                    .start()
                    .waitFor();
            String template = Files.readString(bundle.resolve("config.json"));
            Files.writeString(
                    bundle.resolve("config.json"),
                    template.replace("\"terminal\": true", "\"terminal\": false")
                            .replace("\"sh\"", "\"/true\""));
        }
        last = System.nanoTime();
        int code = new ProcessBuilder(
                        "runc", "--root", folder.resolve("bare").toString(), "run", "--bundle", bundle.toString(), name)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        lap("runc run by itself");
        if (code != 0) {
            throw new IOException("runc ends with " + code);
        }
    }
}
