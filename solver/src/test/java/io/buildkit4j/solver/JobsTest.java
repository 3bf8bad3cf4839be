package io.buildkit4j.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.buildkit4j.footing.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs: sharing, cancellation, sessions, events, limits and failures. */
@Timeout(30)
class JobsTest extends SolverFixture {
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicReference<JobContext<Held>> seen = new AtomicReference<>();
    private final AtomicInteger interrupted = new AtomicInteger();

    /** A step that runs until it is let go. */
    private Step slow(String name) {
        return step(name).doing((context, inputs) -> {
            seen.set(context);
            context.progress().log(1, "working".getBytes(StandardCharsets.UTF_8), 0, 7);
            running.countDown();
            try {
                go.await();
            } catch (InterruptedException cancelled) {
                interrupted.incrementAndGet();
                throw cancelled;
            }
            return List.of(results.make(name));
        });
    }

    private List<String> sessions() {
        return Objects.requireNonNull(seen.get()).sessions();
    }

    @Test
    void closingTheOnlyJobInterruptsAndSolveSaysSo() throws InterruptedException {
        Job<Held> job = open();
        Solving solving = new Solving(this, job, step("top").on(slow("slow")));
        running.await();
        job.close();
        assertThat(interrupted).hasValue(1);
        assertThat(solving.outcome())
                .isInstanceOfSatisfying(
                        SolverFault.class, fault -> assertThat(fault.kind()).isEqualTo(Kind.CANCELED));
        assertThat(solver.size()).isZero();
    }

    @Test
    void interruptedCallerInterruptsWhatNobodyElseWants() throws InterruptedException {
        try (Job<Held> job = open()) {
            Solving solving = new Solving(this, job, step("top").on(slow("slow")));
            running.await();
            solving.interrupt();
            assertThat(solving.outcome()).isInstanceOf(InterruptedException.class);
            assertThat(interrupted).hasValue(1);
            go.countDown();
            assertThat(take(job.solve(slow("slow").edge()))).isEqualTo("slow");
        }
    }

    @Test
    void stepWantedByTwoJobsSurvivesOneAndForgetsItsSession() throws InterruptedException {
        Step slow = slow("slow");
        Job<Held> one = open("session 1", event -> {});
        Job<Held> two = open("session 2", event -> {});
        Solving first = new Solving(this, one, slow);
        running.await();
        Solving second = new Solving(this, two, step("other").on(slow));
        await().until(() -> sessions().equals(List.of("session 1", "session 2")));
        await().until(() ->
                solver.waits().stream().anyMatch(wait -> wait.reason().equals("slow")));
        one.close();
        assertThat(first.outcome()).isInstanceOf(SolverFault.class);
        assertThat(sessions()).containsExactly("session 2");
        go.countDown();
        assertThat(second.outcome()).isEqualTo("other[slow]");
        assertThat(slow.runs).hasValue(1);
        assertThat(interrupted).hasValue(0);
        two.close();
    }

    @Test
    void differentStepsThatTurnOutEqualMeet() throws InterruptedException {
        Step left = slow("work").onContent(step("source 1").makes("same"));
        Step right = slow("work").onContent(step("source 2").makes("same"));
        Job<Held> one = open();
        Job<Held> two = open();
        Solving first = new Solving(this, one, left);
        running.await();
        Solving second = new Solving(this, two, right);
        await().until(() -> solver.waits().stream()
                        .filter(wait -> wait.reason().equals("run work"))
                        .count()
                == 2);
        one.close();
        assertThat(first.outcome()).isInstanceOf(SolverFault.class);
        go.countDown();
        assertThat(second.outcome()).isEqualTo("work");
        assertThat(left.runs.get() + right.runs.get()).isEqualTo(1);
        assertThat(interrupted).hasValue(0);
        two.close();
    }

    @Test
    void lateJobSeesTheHistoryInOrder() throws InterruptedException {
        Step slow = slow("slow");
        List<BuildEvent> late = new CopyOnWriteArrayList<>();
        try (Job<Held> one = open();
                Job<Held> two = open("", late::add)) {
            Solving first = new Solving(this, one, slow);
            running.await();
            Solving second = new Solving(this, two, slow);
            await().until(() -> late.size() >= 3);
            go.countDown();
            assertThat(first.outcome()).isEqualTo("slow");
            assertThat(second.outcome()).isEqualTo("slow");
            await().until(() -> late.size() == 4);
        }
        assertThat(states(late)).containsExactly("queued", "started", "log", "completed");
    }

    private static List<String> states(List<BuildEvent> events) {
        List<String> states = new ArrayList<>();
        for (BuildEvent event : events) {
            states.add(
                    switch (event) {
                        case BuildEvent.VertexChanged v when !v.error().isEmpty() -> v.error();
                        case BuildEvent.VertexChanged v when v.started().isEmpty() -> "queued";
                        case BuildEvent.VertexChanged v ->
                            (v.cached() ? "cached " : "") + (v.completed().isPresent() ? "completed" : "started");
                        case BuildEvent.Logged _ -> "log";
                        case BuildEvent.StatusChanged _ -> "status";
                        case BuildEvent.Warned _ -> "warning";
                    });
        }
        return states;
    }

    @Test
    void aHitAndWhatItSparedAreShownAsCached() throws InterruptedException {
        Step base = step("base");
        Step top = step("top").on(base);
        solve(top);
        assertThat(states(events(top)))
                .containsExactlyInAnyOrder("queued", "queued", "cached completed", "cached completed");
        assertThat(base.runs).as("it is shown, not touched").hasValue(1);
    }

    @Test
    void firstFailureWinsAndStopsTheOtherBranches() throws InterruptedException {
        Step failing = step("failing").doing((context, inputs) -> {
            running.await();
            throw new SolverFault(Kind.NOT_FOUND, "no such file");
        });
        List<BuildEvent> events = new CopyOnWriteArrayList<>();
        try (Job<Held> job = open("", events::add)) {
            Step top = step("top").on(slow("slow"), failing);
            assertThatThrownBy(() -> job.solve(top.edge()))
                    .isInstanceOfSatisfying(StepFault.class, fault -> {
                        assertThat(fault.vertex()).isEqualTo(failing.digest());
                        assertThat(fault.kind()).isEqualTo(Kind.NOT_FOUND);
                    })
                    .hasMessage("failing: no such file");
            assertThat(interrupted).hasValue(1);
            assertThat(top.runs).hasValue(0);
            assertThat(states(events)).contains("failing: no such file", "context canceled");
            assertThatThrownBy(() -> job.solve(failing.edge())).isInstanceOf(StepFault.class);
            assertThat(failing.runs).as("failures are not kept").hasValue(2);
        }
    }

    @Test
    void limitIsHeldAroundRunsOnlyAndGivenUpWhileBuilding() throws InterruptedException {
        limit(1);
        Step inner = step("inner").on(step("base"));
        Step outer = step("outer").doing((context, inputs) -> {
            Held built = context.build(inner.edge());
            return List.of(results.make("outer of " + take(built)));
        });
        assertThat(solve(step("top").on(outer, step("other")))).isEqualTo("top[outer of inner[base], other]");
        assertThat(inner.runs).hasValue(1);
    }

    @Test
    void neverMoreRunAtOnceThanTheLimit() throws InterruptedException {
        limit(3);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Step top = step("top");
        for (int i = 0; i < 40; i++) {
            top.on(step("part " + i).doing((context, inputs) -> {
                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                Thread.sleep(1);
                now.decrementAndGet();
                return List.of(results.make("part"));
            }));
        }
        solve(top);
        assertThat(most).hasValue(3);
    }

    @Test
    void cyclesAreFaults() {
        Step a = step("a");
        Step b = step("b").on(a);
        Vertex<Held> cyclic = new Cyclic(a, b);
        assertThatThrownBy(() -> {
                    try (Job<Held> job = open()) {
                        job.solve(new Edge<>(cyclic, 0));
                    }
                })
                .isInstanceOf(SolverFault.class)
                .hasMessageContaining("cycle");
        AtomicReference<Step> self = new AtomicReference<>();
        self.set(step("self")
                .doing((context, inputs) -> List.of(context.build(
                        step("around").on(Objects.requireNonNull(self.get())).edge()))));
        assertThatThrownBy(() -> solve(Objects.requireNonNull(self.get()))).hasMessageContaining("cycle");
    }

    /** Claims the digest of a step and stands on what stands on that step. */
    private record Cyclic(Step like, Step above) implements Vertex<Held> {
        @Override
        public io.buildkit4j.image.Digest digest() {
            return like.digest();
        }

        @Override
        public String name() {
            return "cyclic";
        }

        @Override
        public List<Edge<Held>> inputs() {
            return List.of(above.edge());
        }

        @Override
        public VertexTraits traits() {
            return VertexTraits.PLAIN;
        }

        @Override
        public CacheMap<Held> cacheMap(JobContext<Held> context, int index) throws InterruptedException {
            return like.cacheMap(context, index);
        }

        @Override
        public List<Held> run(JobContext<Held> context, List<Held> inputs) throws InterruptedException {
            return like.run(context, inputs);
        }
    }

    @Test
    void deepChainsNeedNoStack() throws InterruptedException {
        Step top = step("0").makes("0");
        Step changed = step("source 2").makes("0");
        Step other = step("c").onContent(changed);
        Step plain = step("c").onContent(step("source 1").makes("0"));
        for (int i = 1; i < 20_000; i++) {
            top = step("s" + i).on(top).makes("x");
            plain = step("s" + i).on(plain).makes("x");
            other = step("s" + i).on(other).makes("x");
        }
        solve(top);
        solve(plain);
        solve(other);
        assertThat(changed.runs).hasValue(1);
        assertThat(other.runs).as("hit by content, 20,000 steps up").hasValue(0);
    }
}
