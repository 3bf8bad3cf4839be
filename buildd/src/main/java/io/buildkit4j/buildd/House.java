package io.buildkit4j.buildd;

import io.buildkit4j.buildd.build.Bridges;
import io.buildkit4j.buildd.build.Builds;
import io.buildkit4j.buildd.build.Workshop;
import io.buildkit4j.buildd.config.Configuration;
import io.buildkit4j.buildd.door.Rooms;
import io.buildkit4j.buildd.door.StreamBridges;
import io.buildkit4j.buildd.explain.Accounts;
import io.buildkit4j.buildd.explain.Explainer;
import io.buildkit4j.buildd.history.History;
import io.buildkit4j.buildd.journal.SpoolingJournal;
import io.buildkit4j.buildd.log.Log;
import io.buildkit4j.exporter.Exporters;
import io.buildkit4j.exporter.RemoteCaches;
import io.buildkit4j.image.Registries;
import io.buildkit4j.linux.Mounts;
import io.buildkit4j.solver.Solver;
import io.buildkit4j.solver.SolverOptions;
import io.buildkit4j.solver.Solvers;
import io.buildkit4j.solver.Wait;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import io.buildkit4j.wire.ConnectedSessions;
import io.buildkit4j.wire.Containerd;
import io.buildkit4j.wire.TraceForward;
import io.buildkit4j.wire.TraceReceiver;
import io.buildkit4j.worker.Worker;
import io.buildkit4j.worker.WorkerOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The one place where the daemon is put together, by hand. What was opened first is closed last. */
final class House implements AutoCloseable {
    /** Builds that are remembered. */
    private static final int REMEMBERED = 50;

    /** When no step has said anything for so long, the log tells what waits for what. */
    private static final Duration STANDSTILL = Duration.ofMinutes(1);

    private static final int WAITS_SHOWN = 50;

    private final Deque<Runnable> endings = new ArrayDeque<>();
    private final Rooms rooms;

    private House(Configuration configuration, Parts parts, Log log) throws InterruptedException {
        Path root = StateDirectory.prepare(configuration.root());
        try {
            rooms = furnish(root, configuration, parts, log);
        } catch (RuntimeException | InterruptedException failed) {
            close();
            throw failed;
        }
    }

    static House open(Configuration configuration, Parts parts, Log log) throws InterruptedException {
        return new House(configuration, parts, log);
    }

    private Rooms furnish(Path root, Configuration configuration, Parts parts, Log log) throws InterruptedException {
        Configuration.Worker settings = configuration.usual();
        Store store = Store.open(root, settings.storage().policy(disk(root)), settings.snapshotter());
        endings.push(store::close);
        ConnectedSessions sessions = new ConnectedSessions();
        endings.push(sessions::close);
        Registries registries = new Registries(configuration.registries());
        endings.push(registries::close);
        Optional<Containerd> containerd = Workers.connect(configuration.containerd(), log);
        containerd.ifPresent(open -> endings.push(open::close));
        Worker worker = Worker.open(new WorkerOptions(
                new Workers(root, configuration, store.snapshotter().word()).crews(containerd, parts.workers()),
                root.resolve("worker"),
                store,
                registries,
                sessions,
                configuration.worker().settings(),
                parts.sources()));
        endings.push(worker::close);
        Solver<Ref> solver = solver(root, settings.parallelism(), worker, log);
        endings.push(solver::close);
        History history = new History(root.resolve("builds"), REMEMBERED, Clock.systemUTC(), log);
        endings.push(history::close);
        Accounts accounts = new Accounts(root.resolve("builds"), log);
        endings.push(accounts::close);
        Workshop workshop = new Workshop(
                history,
                parts.frontends(),
                worker,
                solver,
                store,
                new Exporters(store, registries, parts.exporters()),
                new RemoteCaches(store, registries),
                sessions,
                new Bridges(),
                new StreamBridges(worker, configuration.frontendSilence()),
                new Explainer(accounts, worker, store));
        return new Rooms(
                new Builds("the daemon is stopping"), workshop, sessions, configuration.entitlements(), ways(log));
    }

    private static long disk(Path root) {
        return Mounts.space(root.toString()).total();
    }

    /** Traces go where OpenTelemetry's variables say, which are the same for every program. */
    private Rooms.Ways ways(Log log) {
        Optional<TraceForward> traces = TraceReceiver.of(System.getenv())
                .map(receiver -> TraceForward.open(receiver, why -> log.warning("traces are lost: " + why)));
        traces.ifPresent(open -> endings.push(open::close));
        return new Rooms.Ways(log, traces);
    }

    private static Solver<Ref> solver(Path root, int parallelism, Worker worker, Log log) {
        return Solvers.create(
                worker.results(),
                worker.keys(),
                new SolverOptions(
                        parallelism == 0 ? Integer.MAX_VALUE : parallelism,
                        new SpoolingJournal(StateDirectory.below(root, "spool")),
                        Optional.of(new SolverOptions.Watch(STANDSTILL, waits -> report(waits, log)))));
    }

    private static void report(List<Wait> waits, Log log) {
        waits.stream()
                .limit(WAITS_SHOWN)
                .forEach(wait -> log.warning(
                        "nothing has moved for long: " + wait.waiter() + " waits for " + wait.reason(),
                        "since",
                        wait.since()));
        if (waits.size() > WAITS_SHOWN) {
            log.warning("and " + (waits.size() - WAITS_SHOWN) + " more wait");
        }
    }

    Rooms rooms() {
        return rooms;
    }

    @Override
    public void close() {
        while (!endings.isEmpty()) {
            endings.pop().run();
        }
    }
}
