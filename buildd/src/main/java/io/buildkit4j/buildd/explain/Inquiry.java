package io.buildkit4j.buildd.explain;

import io.buildkit4j.buildd.explain.Accounts.Relative;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.Ingredients;
import io.buildkit4j.solver.StepAccount;
import io.buildkit4j.solver.StepAccount.Verdict;
import io.buildkit4j.store.Eviction;
import io.buildkit4j.store.EvictionLog;
import io.buildkit4j.worker.FileChange;
import io.buildkit4j.worker.FileChanges;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares a build with an earlier one. Steps are looked at from the root upwards. A step's key <em>changed</em> because of an
 * input that changed, or else because of what it says itself; a step whose key is what it was is missed because its result is
 * gone. So each cause that is found is the one nearest the root.
 */
final class Inquiry {
    private static final Set<Verdict> MADE = Set.of(Verdict.RUN, Verdict.FAILED, Verdict.WOULD_RUN, Verdict.UNKNOWN);

    private final Library library;
    private final Map<Digest, StepAccount> now;
    private final Map<Digest, StepAccount> old;
    private final Optional<Relative> before;
    private final Partners partners;
    private final Map<Digest, Cause> changed = new HashMap<>();
    private final Map<Digest, Cause> causes = new HashMap<>();

    /** What is remembered beside the accounts. */
    interface Library {
        Optional<FileChanges> fileChanges(Digest before, Digest after, String selection) throws InterruptedException;

        EvictionLog evictions();
    }

    Inquiry(Library library, BuildAccount build, Optional<Relative> before) throws InterruptedException {
        this.library = library;
        this.before = before;
        this.now = build.byVertex();
        List<StepAccount> earlier =
                before.map(relative -> relative.account().steps()).orElse(List.of());
        this.old = new HashMap<>();
        earlier.forEach(step -> old.put(step.vertex(), step));
        this.partners = new Partners(
                build.steps(), earlier, before.map(Relative::kinship).orElse(Lineage.Kinship.NAMESAKE));
        for (StepAccount step : build.steps()) {
            Optional<Cause> difference = changed(step);
            difference.ifPresent(cause -> changed.put(step.vertex(), cause));
            if (MADE.contains(step.verdict())) {
                causes.put(step.vertex(), difference.isPresent() ? difference.get() : gone(step));
            }
        }
    }

    /** Why the step was not found; absent when it was. */
    Optional<Cause> cause(StepAccount step) {
        return Optional.ofNullable(causes.get(step.vertex()));
    }

    private static Cause cause(CauseKind kind, StepAccount step, String subject, String was, String is) {
        return new Cause(
                kind, step.vertex(), StepName.shown(step.name()), subject, was, is, Optional.empty(), Optional.empty());
    }

    private static Cause cause(CauseKind kind, StepAccount step) {
        return cause(kind, step, "", "", "");
    }

    private static Cause files(StepAccount step, Optional<FileChanges> changes) {
        String first = changes.map(FileChanges::changes).orElse(List.of()).stream()
                .findFirst()
                .map(FileChange::path)
                .orElse("");
        return new Cause(
                CauseKind.FILES, step.vertex(), StepName.shown(step.name()), first, "", "", changes, Optional.empty());
    }

    /** Why the step's key is not what it was. */
    private Optional<Cause> changed(StepAccount step) throws InterruptedException {
        boolean made = MADE.contains(step.verdict());
        if (step.ignored() && made) {
            return Optional.of(cause(CauseKind.IGNORED, step));
        }
        if (made && !step.lost().isEmpty()) {
            return Optional.of(gone(step));
        }
        if (before.isEmpty()) {
            return Optional.of(cause(CauseKind.NEVER_BUILT, step));
        }
        Optional<StepAccount> partner = partners.of(step);
        for (int i = 0; i < step.inputs().size(); i++) {
            Optional<Cause> below = partner.isPresent()
                    ? below(step, partner.get(), i)
                    : byKey(step.inputs().get(i));
            if (below.isPresent()) {
                return below;
            }
        }
        if (partner.isEmpty()) {
            boolean known = before.filter(relative -> relative.kinship() != Lineage.Kinship.NAMESAKE)
                    .isPresent();
            return Optional.of(cause(known ? CauseKind.NEW_STEP : CauseKind.NEVER_BUILT, step));
        }
        return step.definition().equals(partner.get().definition()) ? Optional.empty() : own(step, partner.get());
    }

    private Optional<Cause> byKey(StepAccount.Input input) {
        return Optional.ofNullable(changed.get(input.vertex()));
    }

    private Optional<Cause> below(StepAccount step, StepAccount partner, int i) throws InterruptedException {
        StepAccount.Input input = step.inputs().get(i);
        if (i >= partner.inputs().size()) {
            return byKey(input);
        }
        StepAccount.Input was = partner.inputs().get(i);
        if (input.byContent() && was.byContent()) {
            return byContent(step, partner, i);
        }
        return byKey(input).or(() -> replaced(step, input, was));
    }

    /** The input is unchanged, but another step than it was. */
    private Optional<Cause> replaced(StepAccount step, StepAccount.Input input, StepAccount.Input was) {
        StepAccount below = now.get(input.vertex());
        StepAccount wasBelow = old.get(was.vertex());
        if (below == null
                || wasBelow == null
                || partners.of(below).filter(wasBelow::equals).isPresent()) {
            return Optional.empty();
        }
        boolean stillThere = partners.isStillThere(wasBelow);
        return Optional.of(
                stillThere
                        ? cause(
                                CauseKind.REORDERED,
                                step,
                                "",
                                StepName.of(wasBelow.name()).text(),
                                StepName.of(below.name()).text())
                        : cause(
                                CauseKind.REMOVED_STEP,
                                step,
                                StepName.of(wasBelow.name()).text(),
                                "",
                                ""));
    }

    private Optional<Cause> byContent(StepAccount step, StepAccount partner, int i) throws InterruptedException {
        StepAccount.Input input = step.inputs().get(i);
        StepAccount.Input was = partner.inputs().get(i);
        boolean known = input.content().isPresent() && was.content().isPresent();
        if (known && input.content().equals(was.content())) {
            return Optional.empty();
        }
        StepAccount source = now.get(input.vertex());
        StepAccount wasSource = old.get(was.vertex());
        Optional<Digest> is = source == null ? Optional.empty() : directory(source);
        Optional<Digest> before = wasSource == null ? Optional.empty() : directory(wasSource);
        if (is.isPresent() && before.isPresent()) {
            return directories(step, input.selector(), new Pair(before.get(), is.get()), known);
        }
        Optional<Cause> below = byKey(input).or(() -> Optional.ofNullable(causes.get(input.vertex())));
        if (below.isPresent() || !known || source == null) {
            return below;
        }
        return Optional.of(cause(CauseKind.CONTENT, source, StepName.shown(source.name()), "", ""));
    }

    /** Content digests of a directory then and now. */
    private record Pair(Digest before, Digest after) {}

    /** The content digest of a client's directory; absent for other steps. */
    private static Optional<Digest> directory(StepAccount step) {
        return part(step, "step")
                .filter("local"::equals)
                .flatMap(local -> part(step, "files"))
                .map(Digest::parse);
    }

    private static Optional<String> part(StepAccount step, String name) {
        return step.ingredients().parts().stream()
                .filter(part -> part.name().equals(name))
                .map(Ingredients.Part::value)
                .findFirst();
    }

    private Optional<Cause> directories(StepAccount step, String selection, Pair pair, boolean differs)
            throws InterruptedException {
        if (pair.before().equals(pair.after())) {
            return Optional.empty(); // what is selected of it says the step itself
        }
        Optional<FileChanges> some = library.fileChanges(pair.before(), pair.after(), selection);
        boolean none = some.isPresent() && some.get().changes().isEmpty();
        if (none && !differs) {
            return Optional.empty();
        }
        // what a link leads to is not below the link's own name
        Optional<FileChanges> changes = none ? library.fileChanges(pair.before(), pair.after(), "") : some;
        return Optional.of(files(step, changes));
    }

    /** What the step itself says differently. */
    private Optional<Cause> own(StepAccount step, StepAccount partner) throws InterruptedException {
        Optional<Digest> is = directory(step);
        Optional<Digest> was = directory(partner);
        if (is.isPresent() && was.isPresent()) {
            return directories(step, "", new Pair(was.get(), is.get()), true);
        }
        StepName name = StepName.of(step.name());
        StepName oldName = StepName.of(partner.name());
        Optional<PartDifference> difference = PartDifference.between(partner.ingredients(), step.ingredients());
        if (difference.isEmpty()) {
            return Optional.empty();
        }
        boolean sourced = part(step, "step")
                .filter(Set.of("image", "git", "http")::contains)
                .isPresent();
        // names show the values of variables; a variable that changed is told by itself
        boolean rewritten = difference.get().kind() != CauseKind.ENVIRONMENT;
        if (rewritten && !name.text().equals(oldName.text()) && (name.placed() || sourced)) {
            return Optional.of(cause(CauseKind.INSTRUCTION, step, "", oldName.text(), name.text()));
        }
        PartDifference found = difference.get();
        CauseKind kind = switch (found.subject()) {
            case "image" -> CauseKind.BASE_IMAGE;
            case "commit", "content" -> sourced ? CauseKind.SOURCE : found.kind();
            default -> found.kind();
        };
        String subject = kind == CauseKind.BASE_IMAGE || kind == CauseKind.SOURCE ? bare(name.text()) : found.subject();
        return Optional.of(cause(kind, step, subject, found.before(), found.after()));
    }

    /** {@code FROM alpine} and {@code docker-image://alpine} are about alpine. */
    private static String bare(String text) {
        return text.replaceFirst("^(FROM|ADD) ", "").replaceFirst("^docker-image://", "");
    }

    /** The key is what it was, or was known, but there is no result. */
    private Cause gone(StepAccount step) {
        Optional<StepAccount> partner = partners.of(step);
        Optional<String> before = partner.flatMap(StepAccount::result);
        List<String> ids = step.lost().isEmpty() ? before.stream().toList() : step.lost();
        for (String id : ids) {
            Optional<Eviction> eviction = library.evictions().find(id);
            if (eviction.isPresent()) {
                return new Cause(
                        CauseKind.EVICTED,
                        step.vertex(),
                        StepName.shown(step.name()),
                        eviction.get().rule(),
                        "",
                        "",
                        Optional.empty(),
                        Optional.of(eviction.get().time()));
            }
        }
        if (!ids.isEmpty()) {
            return cause(CauseKind.LOST, step);
        }
        boolean failed =
                partner.map(StepAccount::verdict).filter(Verdict.FAILED::equals).isPresent();
        boolean undecided = partner.map(StepAccount::verdict)
                .filter(Verdict.UNDECIDED::equals)
                .isPresent();
        return cause(failed ? CauseKind.FAILED_BEFORE : undecided ? CauseKind.NEVER_BUILT : CauseKind.UNKNOWN, step);
    }
}
