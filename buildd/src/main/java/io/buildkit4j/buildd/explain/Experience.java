package io.buildkit4j.buildd.explain;

import io.buildkit4j.solver.StepAccount;
import io.buildkit4j.solver.StepAccount.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How long steps took in earlier builds: the median of the newest runs of the same step, by its place and text. */
final class Experience {
    private static final int RUNS = 5;

    private final Map<String, List<Duration>> runs = new HashMap<>();

    /** Learns from builds, the newest first. */
    Experience(List<BuildAccount> builds) {
        for (BuildAccount build : builds) {
            for (StepAccount step : build.steps()) {
                List<Duration> known = runs.computeIfAbsent(key(step), absent -> new ArrayList<>(1));
                if (step.verdict() == Verdict.RUN && known.size() < RUNS) {
                    known.add(step.took());
                }
            }
        }
    }

    private static String key(StepAccount step) {
        StepName name = StepName.of(step.name());
        return name.stage() + "\n" + name.text();
    }

    Optional<Duration> of(StepAccount step) {
        List<Duration> known = runs.getOrDefault(key(step), List.of());
        return known.isEmpty()
                ? Optional.empty()
                : Optional.of(known.stream().sorted().toList().get(known.size() / 2));
    }
}
