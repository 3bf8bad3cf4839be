package io.buildkit4j.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several builds at once: sessions, fairness, latecomers, and somebody who watches. */
@Timeout(30)
class CompanyTest extends SolverFixture {
    private final Gate gate = new Gate();

    private Step stopping(String name) {
        return step(name).doing((context, inputs) -> {
            gate.pass();
            return List.of(results.make(name));
        });
    }

    /** Each session has its own directory under the same name: the key says so, and neither gets the other's. */
    @Test
    void twoSessionsWantOneLocalSource() throws InterruptedException {
        List<String> sessions = new CopyOnWriteArrayList<>();
        try (Job<Held> one = open("session 1", event -> {});
                Job<Held> two = open("session 2", event -> {})) {
            Step first = local("session 1", "one", sessions);
            Step second = local("session 2", "two", sessions);
            Solving left = new Solving(this, one, step("copy").onContentOnly(first));
            Solving right = new Solving(this, two, step("copy").onContentOnly(second));
            assertThat(left.outcome()).isEqualTo("copy[one]");
            assertThat(right.outcome()).isEqualTo("copy[two]");
        }
        assertThat(sessions).containsExactlyInAnyOrder("session 1", "session 2");
        Step third = local("session 3", "one", sessions);
        Step copy = step("copy").onContentOnly(third);
        assertThat(solve(copy)).isEqualTo("copy[one]");
        assertThat(copy.runs).as("found by its content").hasValue(0);
    }

    private Step local(String session, String content, List<String> sessions) {
        return step("local context of " + session).doing((context, inputs) -> {
            sessions.addAll(context.sessions());
            return List.of(results.make(content));
        });
    }

    /** A source that is really the same for both is fetched once, by whichever session is there. */
    @Test
    void aSourceSharedByTwoSessionsIsFetchedOnceAndMayAskEither() throws InterruptedException {
        AtomicReference<List<String>> asked = new AtomicReference<>(List.of());
        Step source = step("git").doing((context, inputs) -> {
            gate.pass();
            asked.set(context.sessions());
            return List.of(results.make("commit"));
        });
        Job<Held> one = open("session 1", event -> {});
        try (Job<Held> two = open("session 2", event -> {})) {
            Solving first = new Solving(this, one, step("left").on(source));
            gate.awaitReached();
            Solving second = new Solving(this, two, step("right").on(source));
            await().until(() -> solver.waits().stream()
                            .filter(wait -> wait.reason().equals("git"))
                            .count()
                    == 2);
            one.close();
            assertThat(first.outcome()).isInstanceOf(SolverFault.class);
            gate.open();
            assertThat(second.outcome()).isEqualTo("right[commit]");
        }
        assertThat(asked.get()).containsExactly("session 2");
        assertThat(source.runs).hasValue(1);
    }

    /** A build of one step does not wait behind forty of another build. */
    @Test
    void placesAreGivenInTurnToTheBuilds() throws InterruptedException {
        limit(1);
        List<String> ran = new CopyOnWriteArrayList<>();
        try (Job<Held> busy = open();
                Job<Held> large = open();
                Job<Held> small = open()) {
            Solving occupier = new Solving(this, busy, stopping("occupier"));
            gate.awaitReached();
            Step all = step("all");
            for (int i = 0; i < 40; i++) {
                String name = "large " + i;
                Step unused = all.on(noting(name, ran));
                assertThat(unused).isSameAs(all);
            }
            Solving big = new Solving(this, large, all);
            await().until(() -> waiting() == 40);
            Solving little = new Solving(this, small, noting("small", ran));
            await().until(() -> waiting() == 41);
            gate.open();
            assertThat(little.outcome()).isEqualTo("small");
            assertThat(big.outcome()).asString().startsWith("all[");
            assertThat(occupier.outcome()).isEqualTo("occupier");
        }
        assertThat(ran.indexOf("small")).as("place in the row").isBetween(0, 1);
    }

    private Step noting(String name, List<String> ran) {
        return step(name).doing((context, inputs) -> {
            ran.add(name);
            return List.of(results.make(name));
        });
    }

    private long waiting() {
        return solver.waits().stream()
                .filter(wait -> wait.reason().equals("a free place to run"))
                .count();
    }

    /** A build that comes while a step builds another sees that other step from its beginning too. */
    @Test
    void aLatecomerSeesWhatAStepAskedToBuildAsWell() throws InterruptedException {
        Step inner = step("inner").doing((context, inputs) -> {
            context.progress().log(1, "inside".getBytes(StandardCharsets.UTF_8), 0, 6);
            gate.pass();
            return List.of(results.make("inner"));
        });
        Step outer = step("outer").doing((context, inputs) -> List.of(context.build(inner.edge())));
        List<BuildEvent> late = new CopyOnWriteArrayList<>();
        Job<Held> one = open();
        try (Job<Held> two = open("", late::add)) {
            Solving first = new Solving(this, one, outer);
            gate.awaitReached();
            Solving second = new Solving(this, two, outer);
            await().until(() -> late.stream().anyMatch(BuildEvent.Logged.class::isInstance));
            one.close();
            assertThat(first.outcome()).isInstanceOf(SolverFault.class);
            assertThat(gate.interrupted).as("what is built for both goes on").hasValue(0);
            gate.open();
            assertThat(second.outcome()).isEqualTo("inner");
        }
        assertThat(late.stream().map(BuildEvent::vertex).distinct())
                .containsExactlyInAnyOrder(outer.digest(), inner.digest());
    }

    /** What a run says after its first build has gone is shown in the other build, as that one's step. */
    @Test
    void aRunGoesOnSpeakingToTheBuildThatIsLeft() throws InterruptedException {
        Step.Body speaking = (context, inputs) -> {
            gate.pass();
            context.progress().log(1, "late".getBytes(StandardCharsets.UTF_8), 0, 4);
            return List.of(results.make("made"));
        };
        Step left = step("make").onContent(step("source 1").makes("same")).doing(speaking);
        Step right = step("make").onContent(step("source 2").makes("same")).doing(speaking);
        List<BuildEvent> events = new CopyOnWriteArrayList<>();
        Job<Held> one = open();
        try (Job<Held> two = open("", events::add)) {
            Solving first = new Solving(this, one, left);
            gate.awaitReached();
            Solving second = new Solving(this, two, right);
            await().until(() -> solver.waits().stream()
                            .filter(wait -> wait.reason().equals("run make"))
                            .count()
                    == 2);
            one.close();
            assertThat(first.outcome()).isInstanceOf(SolverFault.class);
            gate.open();
            assertThat(second.outcome()).isEqualTo("made");
        }
        assertThat(events)
                .anySatisfy(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                BuildEvent.Logged.class,
                                log -> assertThat(log.vertex()).isEqualTo(right.digest())));
    }

    private BlockingQueue<List<Wait>> watched(int parallelism, Duration quiet) {
        BlockingQueue<List<Wait>> reports = new LinkedBlockingQueue<>();
        solver.close();
        solver = new SharingSolver<>(
                results,
                cache,
                SolverOptions.parallel(parallelism).watched(new SolverOptions.Watch(quiet, reports::add)));
        return reports;
    }

    @Test
    void aStandstillIsReportedFromTheBuildDownToTheStepThatRuns() throws InterruptedException {
        BlockingQueue<List<Wait>> reports = watched(1, Duration.ofMillis(100));
        List<BuildEvent> events = new CopyOnWriteArrayList<>();
        try (Job<Held> job = open();
                Job<Held> other = open("", events::add)) {
            Solving solving = new Solving(this, job, step("top").on(stopping("stuck")));
            gate.awaitReached();
            Solving behind = new Solving(this, other, step("behind"));
            await().until(() -> waiting() == 1);
            List<Wait> report = new ArrayList<>();
            while (report.size() < 5) {
                report = reports.poll(20, TimeUnit.SECONDS);
                assertThat(report).as("a report in time").isNotNull();
            }
            assertThat(report.stream().map(wait -> wait.waiter() + " waits for " + wait.reason()))
                    .contains(
                            "build job-1 waits for top",
                            "top waits for stuck",
                            "stuck waits for run stuck",
                            "stuck waits for nothing: it runs",
                            "behind waits for a free place to run");
            await().until(() -> events.stream().anyMatch(BuildEvent.Logged.class::isInstance));
            gate.open();
            assertThat(solving.outcome()).isEqualTo("top[stuck]");
            assertThat(behind.outcome()).isEqualTo("behind");
        }
    }

    @Test
    void nobodyIsToldOfASolverThatHasNothingToDo() throws InterruptedException {
        BlockingQueue<List<Wait>> reports = watched(1, Duration.ofMillis(20));
        solve(step("top").on(step("base")));
        assertThat(reports.poll(300, TimeUnit.MILLISECONDS)).isNull();
    }
}
