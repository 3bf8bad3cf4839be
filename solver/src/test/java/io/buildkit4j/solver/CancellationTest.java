package io.buildkit4j.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.buildkit4j.footing.Kind;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A build is cancelled at each point where it can wait, in each way; nothing leaks, and nobody else notices. */
@Timeout(30)
class CancellationTest extends SolverFixture {
    private final Gate gate = new Gate();

    /** Where the build is when it is cancelled: it has stopped at the gate. */
    enum Point {
        DESCRIBING,
        DESCRIBING_AGAIN,
        LOOKING_AT_CONTENT,
        LOADING,
        RUNNING,
        SAVING,
        DESCRIBING_WHAT_IT_BUILDS,
        RUNNING_WHAT_IT_BUILDS
    }

    /** How it is cancelled. */
    enum Way {
        INTERRUPTED,
        CLOSED,
        ANOTHER_BRANCH_FAILS
    }

    static Stream<Arguments> everyPointInEveryWay() {
        return Stream.of(Point.values())
                .flatMap(point -> Stream.of(Way.values()).map(way -> Arguments.of(point, way)));
    }

    private Step top(Point point) throws InterruptedException {
        Step base = step("base");
        return switch (point) {
            case DESCRIBING -> step("top").on(base.describing(0, gate));
            case DESCRIBING_AGAIN -> step("top").on(base.keys("tag", "digest").describing(1, gate));
            case LOOKING_AT_CONTENT -> step("top").onContent(base).digesting(gate);
            case LOADING -> {
                solve(step("top").on(base));
                results.loading = gate;
                yield step("top").on(base);
            }
            case RUNNING -> step("top").on(stopping(base));
            case SAVING -> {
                results.saving = gate;
                yield step("top").on(base);
            }
            case DESCRIBING_WHAT_IT_BUILDS -> building(base.describing(0, gate));
            case RUNNING_WHAT_IT_BUILDS -> building(stopping(base));
        };
    }

    private Step stopping(Step step) {
        return step.doing((context, inputs) -> {
            gate.pass();
            return List.of(results.make("base"));
        });
    }

    private Step building(Step inner) {
        return step("top")
                .doing((context, inputs) -> List.of(results.make("top[" + take(context.build(inner.edge())) + "]")));
    }

    /** A step above with another input that fails as soon as the gate is reached, when that is the way. */
    private Step wanted(Step top, Point point, Way way) {
        if (way != Way.ANOTHER_BRANCH_FAILS) {
            return top;
        }
        Step.Obstacle failure = () -> {
            gate.awaitReached();
            throw new SolverFault(Kind.NOT_FOUND, "on purpose");
        };
        Step failing = step("failing");
        return step("both")
                .on(
                        top,
                        switch (point) {
                            case DESCRIBING -> failing.describing(0, failure);
                            case DESCRIBING_AGAIN, LOOKING_AT_CONTENT ->
                                failing.keys("tag of failing", "digest").describing(1, failure);
                            default ->
                                failing.doing((context, inputs) -> {
                                    failure.pass();
                                    return List.of();
                                });
                        });
    }

    private void cancel(Job<Held> job, Solving solving, Way way) throws InterruptedException {
        gate.awaitReached();
        switch (way) {
            case INTERRUPTED -> solving.interrupt();
            case CLOSED -> job.close();
            case ANOTHER_BRANCH_FAILS -> {}
        }
        Object outcome = solving.outcome();
        assertThat(outcome).isInstanceOf(way == Way.INTERRUPTED ? InterruptedException.class : SolverFault.class);
        job.close();
    }

    @ParameterizedTest
    @MethodSource("everyPointInEveryWay")
    void theOnlyBuildIsCancelled(Point point, Way way) throws InterruptedException {
        Step top = top(point);
        Job<Held> job = open();
        Solving solving = new Solving(this, job, wanted(top, point, way));
        cancel(job, solving, way);
        assertThat(gate.interrupted).as("what was under way").hasValue(gate.passing.get());
        assertThat(solver.size()).isZero();
        gate.open();
        assertThat(solve(top)).as("the next build").isEqualTo("top[base]");
    }

    @ParameterizedTest
    @EnumSource(Point.class)
    void oneOfTwoBuildsIsCancelledAndTheOtherGoesOn(Point point) throws InterruptedException {
        Step top = top(point);
        Job<Held> one = open();
        Job<Held> two = open();
        Solving first = new Solving(this, one, top);
        gate.awaitReached();
        Solving second = new Solving(this, two, top);
        await().until(() -> solver.waits().stream()
                        .filter(wait -> wait.waiter().startsWith("build "))
                        .count()
                == 2);
        cancel(one, first, Way.CLOSED);
        assertThat(gate.interrupted).hasValue(0);
        gate.open();
        assertThat(second.outcome()).isEqualTo("top[base]");
        assertThat(top.runs).hasValueLessThanOrEqualTo(1);
        two.close();
    }

    private boolean waitsForAPlace(String step) {
        return solver.waits().stream()
                .anyMatch(wait -> wait.waiter().equals(step) && wait.reason().equals("a free place to run"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"INTERRUPTED", "CLOSED"})
    void waitingForItsTurn(Way way) throws InterruptedException {
        limit(1);
        Job<Held> busy = open();
        Solving other = new Solving(this, busy, stopping(step("other")));
        gate.awaitReached();
        Step base = step("base");
        Job<Held> job = open();
        Solving solving = new Solving(this, job, step("top").on(base));
        await().until(() -> waitsForAPlace("base"));
        cancel(job, solving, way);
        assertThat(base.runs).hasValue(0);
        gate.open();
        assertThat(other.outcome()).isEqualTo("base");
        busy.close();
        assertThat(solve(base)).as("the place is not lost").isEqualTo("base");
    }

    @Test
    void waitingForItsTurnAgainAfterWhatItBuilt() throws InterruptedException {
        limit(1);
        solve(step("inner"));
        Gate loading = new Gate();
        results.loading = loading;
        Step outer = building(step("inner"));
        Job<Held> job = open();
        Solving solving = new Solving(this, job, outer);
        loading.awaitReached();
        Job<Held> busy = open();
        Solving other = new Solving(this, busy, stopping(step("other")));
        gate.awaitReached();
        loading.open();
        await().until(() -> waitsForAPlace("top"));
        cancel(job, solving, Way.CLOSED);
        gate.open();
        assertThat(other.outcome()).isEqualTo("base");
        busy.close();
        assertThat(solve(outer)).isEqualTo("top[inner]");
    }

    @Test
    void beforeItBegins() throws InterruptedException {
        Step top = step("top");
        Job<Held> job = open();
        Thread.currentThread().interrupt();
        try {
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> job.solve(top.edge()))
                    .isInstanceOf(InterruptedException.class);
        } finally {
            job.close();
        }
        assertThat(top.runs).hasValue(0);
    }

    @Test
    void theJoinerOfAnothersRunIsCancelledAndTheRunGoesOn() throws InterruptedException {
        Step left = stopping(step("work").onContent(step("source 1").makes("same")));
        Step right = stopping(step("work").onContent(step("source 2").makes("same")));
        Job<Held> one = open();
        Job<Held> two = open();
        Solving first = new Solving(this, one, left);
        gate.awaitReached();
        Solving second = new Solving(this, two, right);
        await().until(() -> solver.waits().stream()
                        .filter(wait -> wait.reason().equals("run work"))
                        .count()
                == 2);
        cancel(two, second, Way.INTERRUPTED);
        assertThat(gate.interrupted).hasValue(0);
        gate.open();
        assertThat(first.outcome()).isEqualTo("base");
        assertThat(left.runs.get() + right.runs.get()).isEqualTo(1);
        one.close();
    }
}
