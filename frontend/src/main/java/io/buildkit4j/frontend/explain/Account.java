package io.buildkit4j.frontend.explain;

import io.buildkit4j.frontend.check.Finding;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.stage.Stage;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * What is to be told of a file.
 *
 * @param target number of the stage that is built
 * @param needed numbers of the stages that it needs, itself included
 */
record Account(String file, List<Told> stages, int target, SortedSet<Integer> needed, List<Finding> findings) {
    Account {
        stages = List.copyOf(stages);
        findings = List.copyOf(findings);
    }

    /** A stage and its steps, FROM not among them. */
    record Told(Stage stage, List<Step> steps) {
        Told {
            steps = List.copyOf(steps);
        }

        String base() {
            return stage.image();
        }
    }

    /**
     * One instruction.
     *
     * @param expanded what it says when its variables are replaced
     * @param arguments build arguments that it depends on
     */
    record Step(Instruction instruction, String expanded, List<Need> needs, Set<String> arguments) {
        Step {
            needs = List.copyOf(needs);
        }

        int line() {
            return instruction.statement().place().first();
        }
    }

    /**
     * Something that a step takes from elsewhere.
     *
     * @param stage the number of a stage, if that is where
     * @param paths what it takes; empty for all or where there are none
     */
    record Need(Kind kind, String name, Optional<Integer> stage, List<String> paths) {
        Need {
            paths = List.copyOf(paths);
        }

        String text() {
            return kind.word
                    + (name.isEmpty() ? "" : " " + name)
                    + (paths.isEmpty() ? "" : ": " + String.join(" ", paths));
        }
    }

    /** Where something comes from. */
    enum Kind {
        /** An earlier stage. */
        STAGE("stage"),
        /** An image. */
        IMAGE("image"),
        /** The build context, or a named one. */
        CONTEXT("context"),
        /** A URL or repository. */
        ADDRESS("address"),
        /** A directory that is kept between builds. */
        CACHE("cache"),
        /** A secret. */
        SECRET("secret"),
        /** An ssh agent. */
        AGENT("ssh agent");

        final String word;

        Kind(String word) {
            this.word = word;
        }
    }
}
