package io.buildkit4j.buildd.config;

import io.buildkit4j.store.PruneRule;
import io.buildkit4j.store.SpacePolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How much disk may be used. What is not said is computed from the size of the disk, as the original does: at least a tenth
 * of it or 10 GB is kept, at most four fifths or 100 GB used, a fifth stays free.
 *
 * @param collects whether anything is removed without being asked to; without that there is no cap either
 * @param rules instead of the usual four
 */
public record Storage(
        boolean collects,
        Optional<Amount> reserved,
        Optional<Amount> maxUsed,
        Optional<Amount> minFree,
        Optional<List<Rule>> rules) {
    /** What holds when nothing is said. */
    public static final Storage DEFAULT =
            new Storage(true, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    private static final long GB = 1_000_000_000;
    private static final Amount NOTHING = Amount.of(0);

    /** One rule as it is written. */
    public record Rule(
            boolean all,
            List<String> filters,
            Duration keep,
            Optional<Amount> reserved,
            Optional<Amount> maxUsed,
            Optional<Amount> minFree) {
        private PruneRule on(long disk, String name) {
            return new PruneRule(
                    name,
                    filters,
                    all,
                    keep,
                    reserved.orElse(NOTHING).on(disk),
                    maxUsed.orElse(NOTHING).on(disk),
                    minFree.orElse(NOTHING).on(disk));
        }

        private boolean coversAll() {
            return all && filters.isEmpty() && keep.isZero() && maxUsed.isPresent();
        }
    }

    /** The same, collecting or not. */
    Storage collecting(boolean on) {
        return new Storage(on, reserved, maxUsed, minFree, rules);
    }

    /** What that means on a disk of this size in bytes. */
    public SpacePolicy policy(long disk) {
        if (!collects) {
            return SpacePolicy.NONE;
        }
        long keep = reserved.map(amount -> amount.on(disk)).orElse(Math.min(disk / 10, 10 * GB));
        long most = maxUsed.map(amount -> amount.on(disk)).orElse(Math.min(disk / 5 * 4, 100 * GB));
        long free = minFree.map(amount -> amount.on(disk)).orElse(disk / 5);
        if (rules.isEmpty()) {
            return new SpacePolicy(usual(Math.min(keep, most), most, free), most);
        }
        List<PruneRule> own = new ArrayList<>();
        for (Rule rule : rules.get()) {
            own.add(rule.on(disk, "gcpolicy number " + (own.size() + 1)));
        }
        long ruled = rules.get().stream()
                .filter(Rule::coversAll)
                .mapToLong(rule -> rule.maxUsed().orElse(NOTHING).on(disk))
                .max()
                .orElse(0);
        return new SpacePolicy(own, maxUsed.isEmpty() && ruled > 0 ? ruled : most);
    }

    private static List<PruneRule> usual(long keep, long most, long free) {
        List<String> sources = List.of("type==source.local", "type==exec.cachemount", "type==source.git.checkout");
        return List.of(
                new PruneRule(
                        "sources and cache mounts that were not used for 48 hours",
                        sources,
                        false,
                        Duration.ofDays(2),
                        0,
                        512_000_000,
                        0),
                new PruneRule("not used for 60 days", List.of(), false, Duration.ofDays(60), keep, most, free),
                new PruneRule("more than maxUsedSpace", List.of(), false, Duration.ZERO, keep, most, free),
                new PruneRule("more than maxUsedSpace, of anything", List.of(), true, Duration.ZERO, keep, most, free));
    }
}
