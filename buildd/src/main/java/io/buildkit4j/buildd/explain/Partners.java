package io.buildkit4j.buildd.explain;

import io.buildkit4j.buildd.explain.Lineage.Kinship;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.Ingredients;
import io.buildkit4j.solver.StepAccount;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Which step of an earlier build each step was: the same op, else the same text in the same stage, else the same place, else
 * the one of the same kind that shares most ingredients. Each old step is the partner of one step only.
 */
final class Partners {
    private final Map<Digest, StepAccount> partners = new HashMap<>();
    private final Set<Digest> taken = new HashSet<>();

    Partners(List<StepAccount> now, List<StepAccount> old, Kinship kinship) {
        match(now, old, step -> step.vertex().toString());
        match(now, old, Partners::text);
        if (kinship != Kinship.NAMESAKE) {
            match(now, old, Partners::place);
        }
        matchByIngredients(now, old);
    }

    private static String text(StepAccount step) {
        StepName name = StepName.of(step.name());
        return name.stage() + "\n" + name.text();
    }

    private static String place(StepAccount step) {
        StepName name = StepName.of(step.name());
        return name.placed() ? name.stage() + "\n" + name.number() : "";
    }

    private void match(List<StepAccount> now, List<StepAccount> old, Function<StepAccount, String> by) {
        Map<String, Deque<StepAccount>> free = new HashMap<>();
        for (StepAccount step : old) {
            if (!taken.contains(step.vertex())) {
                free.computeIfAbsent(by.apply(step), absent -> new ArrayDeque<>())
                        .add(step);
            }
        }
        for (StepAccount step : now) {
            if (partners.containsKey(step.vertex())) {
                continue;
            }
            String key = by.apply(step);
            Deque<StepAccount> candidates = key.isEmpty() ? null : free.get(key);
            StepAccount partner = candidates == null ? null : candidates.poll();
            if (partner != null) {
                pair(step, partner);
            }
        }
    }

    private void pair(StepAccount step, StepAccount partner) {
        partners.put(step.vertex(), partner);
        taken.add(partner.vertex());
    }

    /** Only for steps without a place: in a file, what has neither text nor place of an old step is new. */
    private void matchByIngredients(List<StepAccount> now, List<StepAccount> old) {
        List<StepAccount> free =
                old.stream().filter(step -> !taken.contains(step.vertex())).toList();
        if (free.isEmpty() || free.size() > 1_000) {
            return;
        }
        for (StepAccount step : now) {
            if (!partners.containsKey(step.vertex())
                    && !StepName.of(step.name()).placed()) {
                nearest(step, free).ifPresent(partner -> pair(step, partner));
            }
        }
    }

    private Optional<StepAccount> nearest(StepAccount step, List<StepAccount> free) {
        Set<Ingredients.Part> parts = new LinkedHashSet<>(step.ingredients().parts());
        StepAccount best = null;
        double most = 0.5;
        for (StepAccount candidate : free) {
            List<Ingredients.Part> others = candidate.ingredients().parts();
            if (taken.contains(candidate.vertex()) || others.isEmpty() || parts.isEmpty()) {
                continue;
            }
            boolean alike = others.getFirst().equals(step.ingredients().parts().getFirst());
            double shared =
                    others.stream().filter(parts::contains).count() / (double) Math.max(parts.size(), others.size());
            if (alike && shared >= most) {
                most = shared;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    Optional<StepAccount> of(StepAccount step) {
        return Optional.ofNullable(partners.get(step.vertex()));
    }

    /** Whether some step of now was this one. */
    boolean isStillThere(StepAccount old) {
        return taken.contains(old.vertex());
    }
}
