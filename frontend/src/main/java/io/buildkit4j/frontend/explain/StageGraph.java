package io.buildkit4j.frontend.explain;

import io.buildkit4j.frontend.explain.Account.Kind;
import io.buildkit4j.frontend.explain.Account.Need;
import io.buildkit4j.frontend.explain.Account.Step;
import io.buildkit4j.frontend.explain.Account.Told;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Stages, and the images and contexts that they begin with or take from, with what goes from one to another. */
record StageGraph(List<Box> boxes, List<Arrow> arrows) {
    /** What is drawn as one. */
    record Box(int number, Look look, String title, String detail) {}

    /** What it looks like. */
    enum Look {
        /** The stage that is built. */
        TARGET,
        /** A stage that it needs. */
        STAGE,
        /** A stage that nobody needs. */
        UNUSED,
        /** An image. */
        IMAGE,
        /** A context. */
        CONTEXT
    }

    /**
     * What goes from a box to another.
     *
     * @param base whether the other begins with it; else it takes something of it
     * @param takes what is taken, each as a line
     */
    record Arrow(int from, int to, boolean base, List<String> takes) {}

    static StageGraph of(Account account) {
        return new Maker(account).make();
    }

    private static final class Maker {
        private final Account account;
        private final List<Box> boxes = new ArrayList<>();
        private final Map<String, Integer> others = new LinkedHashMap<>();
        private final Map<Integer, Map<Integer, Set<String>>> taken = new LinkedHashMap<>();
        private final List<Arrow> arrows = new ArrayList<>();

        Maker(Account account) {
            this.account = account;
        }

        StageGraph make() {
            for (Told told : account.stages()) {
                boxes.add(box(told));
            }
            for (Told told : account.stages()) {
                int number = told.stage().index();
                if (told.stage().parent().isPresent()) {
                    arrows.add(new Arrow(told.stage().parent().get(), number, true, List.of()));
                } else if (!told.base().equals("scratch")) {
                    arrows.add(new Arrow(other(Look.IMAGE, told.base()), number, true, List.of()));
                }
                for (Step step : told.steps()) {
                    step.needs().forEach(need -> take(number, step, need));
                }
            }
            taken.forEach((to, all) ->
                    all.forEach((from, takes) -> arrows.add(new Arrow(from, to, false, List.copyOf(takes)))));
            return new StageGraph(List.copyOf(boxes), List.copyOf(arrows));
        }

        private Box box(Told told) {
            int index = told.stage().index();
            Look look = index == account.target()
                    ? Look.TARGET
                    : account.needed().contains(index) ? Look.STAGE : Look.UNUSED;
            int steps = told.steps().size();
            String scratch = told.base().equals("scratch") ? "from scratch, " : "";
            String detail = scratch + steps + (steps == 1 ? " instruction" : " instructions");
            return new Box(index, look, told.stage().label(), detail);
        }

        private int other(Look look, String name) {
            return others.computeIfAbsent(look + " " + name, key -> {
                int number = boxes.size();
                boxes.add(new Box(number, look, name, look == Look.IMAGE ? "image" : "context"));
                return number;
            });
        }

        private void take(int to, Step step, Need need) {
            if (need.kind() != Kind.STAGE && need.kind() != Kind.IMAGE && need.kind() != Kind.CONTEXT) {
                return;
            }
            int from = need.stage()
                    .orElseGet(() -> other(
                            need.kind() == Kind.IMAGE ? Look.IMAGE : Look.CONTEXT,
                            need.name().isEmpty() ? "build context" : need.name()));
            String takes = step.instruction().statement().keyword()
                    + (need.paths().isEmpty() ? "" : " " + String.join(" ", need.paths()));
            taken.computeIfAbsent(to, key -> new LinkedHashMap<>())
                    .computeIfAbsent(from, key -> new LinkedHashSet<>())
                    .add(takes);
        }
    }
}
