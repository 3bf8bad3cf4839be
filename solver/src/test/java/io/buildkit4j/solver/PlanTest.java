package io.buildkit4j.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.solver.StepAccount.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What solving would do, what it did, and what a job refuses to let happen. */
class PlanTest extends SolverFixture {
    private Map<String, Verdict> plan(Step step) throws InterruptedException {
        try (Job<Held> job = open()) {
            return verdicts(job.plan(step.edge()));
        }
    }

    private Map<String, Verdict> accounts(Step step) throws InterruptedException {
        try (Job<Held> job = open()) {
            take(job.solve(step.edge()));
            return verdicts(job.accounts(100));
        }
    }

    private static Map<String, Verdict> verdicts(List<StepAccount> accounts) {
        Map<String, Verdict> verdicts = new LinkedHashMap<>();
        accounts.forEach(account -> verdicts.put(account.name(), account.verdict()));
        return verdicts;
    }

    @Test
    void nothingKnownWouldAllRunAndNothingIsRun() throws InterruptedException {
        Step base = step("base");
        Step top = step("top").on(step("middle").on(base));
        assertThat(plan(top))
                .containsExactly(
                        Map.entry("base", Verdict.WOULD_RUN),
                        Map.entry("middle", Verdict.WOULD_RUN),
                        Map.entry("top", Verdict.WOULD_RUN));
        assertThat(base.runs).hasValue(0);
        assertThat(top.runs).hasValue(0);
    }

    @Test
    void aKnownTopSparesWhatIsBelow() throws InterruptedException {
        solve(step("top").on(step("base")));
        assertThat(plan(step("top").on(step("base"))))
                .containsExactly(Map.entry("base", Verdict.SPARED), Map.entry("top", Verdict.HIT_BY_DEFINITION));
    }

    @Test
    void aChangeInTheMiddleIsFoundExactly() throws InterruptedException {
        solve(step("top").on(step("one").on(step("base"))));
        Step changed = step("top").on(step("two").on(step("base")));
        Map<String, Verdict> expected = plan(changed);
        assertThat(expected)
                .containsExactly(
                        Map.entry("base", Verdict.HIT_BY_DEFINITION),
                        Map.entry("two", Verdict.WOULD_RUN),
                        Map.entry("top", Verdict.WOULD_RUN));
        Map<String, Verdict> done = accounts(changed);
        assertThat(done)
                .containsExactly(
                        Map.entry("base", Verdict.HIT_BY_DEFINITION),
                        Map.entry("two", Verdict.RUN),
                        Map.entry("top", Verdict.RUN));
    }

    @Test
    void whatDependsOnContentThatIsToBeMadeIsUnknown() throws InterruptedException {
        solve(step("copy").onContent(step("make 1").makes("files")));
        Step make = step("make 2").makes("files");
        Step top = step("use").on(step("copy").onContent(make));
        assertThat(plan(top))
                .containsExactly(
                        Map.entry("make 2", Verdict.WOULD_RUN),
                        Map.entry("copy", Verdict.UNKNOWN),
                        Map.entry("use", Verdict.UNKNOWN));
        assertThat(make.runs).hasValue(0);
        assertThat(accounts(top))
                .containsEntry("make 2", Verdict.RUN)
                .containsEntry("copy", Verdict.HIT_BY_CONTENT)
                .containsEntry("use", Verdict.RUN);
    }

    @Test
    void contentThatIsThereIsHashed() throws InterruptedException {
        solve(step("copy").onContent(step("make").makes("files")));
        solve(step("other").makes("files"));
        Step other = step("other").makes("files");
        assertThat(plan(step("copy").onContent(other)))
                .containsExactly(Map.entry("other", Verdict.SPARED), Map.entry("copy", Verdict.HIT_BY_CONTENT));
        Step received = step("received").atHand("files");
        assertThat(plan(step("copy").onContent(received))).containsEntry("copy", Verdict.HIT_BY_CONTENT);
        Step changed = step("received again").atHand("other files");
        assertThat(plan(step("copy").onContent(changed))).containsEntry("copy", Verdict.WOULD_RUN);
        assertThat(received.runs).hasValue(0);
    }

    @Test
    void whatIsToBeRunAgainWouldRunAndSoWouldItsConsumers() throws InterruptedException {
        solve(step("top").on(step("base")));
        Step top = step("top").on(step("base").ignoringCache());
        assertThat(plan(top))
                .containsExactly(Map.entry("base", Verdict.WOULD_RUN), Map.entry("top", Verdict.WOULD_RUN));
        try (Job<Held> job = open()) {
            take(job.solve(top.edge()));
            assertThat(job.accounts(100)).extracting(StepAccount::ignored).containsExactly(true, false);
        }
    }

    @Test
    void accountsTellKeysIngredientsAndWhatIsGone() throws InterruptedException {
        solve(step("top").keys("first key"));
        results.saved.clear();
        try (Job<Held> job = open()) {
            take(job.solve(step("top").keys("first key").edge()));
            StepAccount account = job.accounts(10).getFirst();
            assertThat(account.verdict()).isEqualTo(Verdict.RUN);
            assertThat(account.lost()).hasSize(1);
            assertThat(account.key()).isEqualTo(Optional.of(account.definition()));
            assertThat(account.result()).isPresent();
            assertThat(account.ingredients().parts()).containsExactly(new Ingredients.Part("key", "first key"));
        }
    }

    @Test
    void manyStepsAreCutDownToThoseThatWereAskedFor() throws InterruptedException {
        solve(step("top").on(step("a"), step("b")));
        try (Job<Held> job = open()) {
            take(job.solve(step("top").on(step("a"), step("b")).edge()));
            assertThat(job.accounts(2)).extracting(StepAccount::name).containsExactly("top");
        }
    }

    @Test
    void aRefusedStepIsNotRunAndHarmsNobodyElse() throws InterruptedException {
        Step top = step("top").on(step("base"));
        try (Job<Held> strict = open();
                Job<Held> other = open()) {
            strict.refuse(vertex -> vertex.name().equals("top"));
            assertThatThrownBy(() -> strict.solve(top.edge()))
                    .isInstanceOfSatisfying(
                            StepFault.class, fault -> assertThat(fault.kind()).isEqualTo(Kind.FAILED_PRECONDITION))
                    .hasMessageContaining("top: it would have to run");
            assertThat(top.runs).hasValue(0);
            assertThat(take(other.solve(top.edge()))).isEqualTo("top[base]");
            assertThat(take(strict.solve(top.edge()))).isEqualTo("top[base]");
        }
    }
}
