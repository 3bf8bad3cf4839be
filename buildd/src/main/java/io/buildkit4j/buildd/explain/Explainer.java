package io.buildkit4j.buildd.explain;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.buildd.explain.Accounts.Relative;
import io.buildkit4j.buildd.history.BuildRecord;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.Ingredients;
import io.buildkit4j.solver.StepAccount;
import io.buildkit4j.solver.StepAccount.Verdict;
import io.buildkit4j.store.EvictionLog;
import io.buildkit4j.store.Store;
import io.buildkit4j.worker.FileChanges;
import io.buildkit4j.worker.Worker;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Tells why steps of builds ran, or would run. Safe for any thread. */
public final class Explainer {
    private static final String LAST = "last";
    private static final int EXPERIENCE = 10;
    private static final int RELATIVES = 6;
    private static final Set<String> FETCHED = Set.of("image", "local", "git", "http");

    private final Accounts accounts;
    private final Inquiry.Library library;

    /** Over what is remembered. */
    public Explainer(Accounts accounts, Worker worker, Store store) {
        this.accounts = accounts;
        this.library = new Inquiry.Library() {
            @Override
            public Optional<FileChanges> fileChanges(Digest before, Digest after, String selection)
                    throws InterruptedException {
                return worker.fileChanges(before, after, selection);
            }

            @Override
            public EvictionLog evictions() {
                return store.evictions();
            }
        };
    }

    /** Keeps the account of a build that has ended. */
    public void keep(String owner, BuildRecord record, List<StepAccount> steps) {
        if (!steps.isEmpty()) {
            accounts.keep(account(owner, record, steps));
        }
    }

    /** Keeps what a build would have done that was not to do it. */
    public void keepRefused(String owner, BuildRecord record, List<StepAccount> plan) {
        accounts.keep(new BuildAccount(record.ref(), record.created(), Lineage.of(owner, record), true, plan));
    }

    private static BuildAccount account(String owner, BuildRecord record, List<StepAccount> steps) {
        return new BuildAccount(record.ref(), record.created(), Lineage.of(owner, record), false, steps);
    }

    /**
     * Explains a build that has ended.
     *
     * @param ref its id, or {@code last}, or nothing for the last one
     * @throws DaemonFault NOT_FOUND when it is not remembered
     */
    public Explanation explain(String ref) throws InterruptedException {
        Optional<BuildAccount> build = ref.isEmpty() || ref.equals(LAST) ? accounts.last() : accounts.find(ref);
        if (build.isEmpty()) {
            throw new DaemonFault(
                    Kind.NOT_FOUND,
                    ref.isEmpty() || ref.equals(LAST)
                            ? "no build is remembered yet"
                            : "build " + ref + " is not remembered, or has not ended; the newest is called last");
        }
        return explain(build.get());
    }

    /** Explains what a build would do. */
    public Explanation explain(String owner, BuildRecord record, List<StepAccount> plan) throws InterruptedException {
        return explain(account(owner, record, plan));
    }

    private Explanation explain(BuildAccount build) throws InterruptedException {
        Optional<Relative> before = nearest(build);
        Inquiry inquiry = new Inquiry(library, build, before);
        Experience experience = new Experience(accounts.alike(build.lineage(), EXPERIENCE));
        List<Explanation.Step> steps = new ArrayList<>(build.steps().size());
        for (StepAccount step : build.steps()) {
            boolean made = step.verdict() == Verdict.WOULD_RUN || step.verdict() == Verdict.UNKNOWN;
            steps.add(new Explanation.Step(
                    step,
                    StepName.shown(step.name()),
                    StepName.internal(step.name()),
                    isWork(step),
                    inquiry.cause(step),
                    made ? experience.of(step) : Optional.empty()));
        }
        return new Explanation(
                build.ref(),
                build.created(),
                before.map(relative -> relative.account().ref()).orElse(""),
                before.map(relative -> relative.account().created()),
                steps);
    }

    /** The newest, unless an older one has more in common: what was changed to and fro explains nothing. */
    private Optional<Relative> nearest(BuildAccount build) {
        Set<Digest> own = new HashSet<>();
        build.steps().forEach(step -> own.add(step.definition()));
        Optional<Relative> nearest = Optional.empty();
        long most = -1;
        for (Relative relative : accounts.before(build, RELATIVES)) {
            long shared = relative.account().steps().stream()
                    .filter(step -> own.contains(step.definition()))
                    .count();
            if (shared > most) {
                most = shared;
                nearest = Optional.of(relative);
            }
        }
        return nearest;
    }

    private static boolean isWork(StepAccount step) {
        List<Ingredients.Part> parts = step.ingredients().parts();
        return parts.isEmpty() || !FETCHED.contains(parts.getFirst().value());
    }

    /** Whether a step's name says that it belongs to the stage. */
    public static boolean inStage(String name, String stage) {
        return StepName.of(name).inStage(stage);
    }
}
