package io.buildkit4j.frontend.check;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.FrontendFault;
import io.buildkit4j.frontend.FrontendOptions;
import io.buildkit4j.frontend.emit.Observer;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.instruction.InstructionReader;
import io.buildkit4j.frontend.stage.Allowance;
import io.buildkit4j.frontend.stage.Stage;
import io.buildkit4j.frontend.stage.Stages;
import io.buildkit4j.frontend.stage.Substitution;
import io.buildkit4j.frontend.syntax.DockerfileSyntax;
import io.buildkit4j.frontend.syntax.Statement;
import io.buildkit4j.image.Platform;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Applies all rules to one file: to its text at once, and to what comes of it as it is described. */
public final class Review implements Observer {
    private final CheckOptions options;
    private final Findings found;
    private final List<Rule> rules = Rules.all();

    private Review(CheckOptions options) {
        this.options = options;
        this.found = new Findings(options);
    }

    /**
     * Reads the file.
     *
     * @param predefined arguments that no file need declare
     * @param ignored patterns of .dockerignore
     * @throws FrontendFault INVALID_ARGUMENT when the options of the checks are wrong; what is wrong with the file is no
     *     matter of the review
     */
    public static Review of(
            DockerfileSyntax.Parsed parsed,
            FrontendOptions options,
            Map<String, String> predefined,
            List<String> ignored) {
        Review review = new Review(options(parsed, options));
        Reading reading = reading(parsed, options, predefined, ignored);
        review.rules.forEach(rule -> rule.read(reading, review.found));
        return review;
    }

    private static CheckOptions options(DockerfileSyntax.Parsed parsed, FrontendOptions options) {
        String argument = options.buildArgs().get("BUILDKIT_DOCKERFILE_CHECK");
        try {
            return CheckOptions.parse(argument == null ? parsed.check() : argument);
        } catch (FrontendFault wrong) {
            String where = argument == null ? "check options" : "build-arg:BUILDKIT_DOCKERFILE_CHECK";
            throw new FrontendFault(
                    Kind.INVALID_ARGUMENT, "failed to parse " + where + ": " + wrong.getMessage(), wrong);
        }
    }

    private static Reading reading(
            DockerfileSyntax.Parsed parsed,
            FrontendOptions options,
            Map<String, String> predefined,
            List<String> ignored) {
        List<Instruction> instructions = new ArrayList<>();
        SortedMap<String, String> arguments = new TreeMap<>(predefined);
        SortedMap<String, String> defaults = new TreeMap<>(predefined);
        Set<String> declared = new LinkedHashSet<>();
        Allowance allowance = new Allowance();
        try {
            boolean global = true;
            for (Statement statement : parsed.statements()) {
                Instruction instruction = InstructionReader.read(statement, parsed.escape());
                instructions.add(instruction);
                global &= !(instruction instanceof Instruction.From);
                if (global && instruction instanceof Instruction.Arg arg) {
                    arg.arguments().forEach(argument -> declared.add(argument.name()));
                    Stages.declare(arg, defaults, Map.of(), new Substitution(defaults, parsed.escape(), allowance));
                    Stages.declare(
                            arg,
                            arguments,
                            options.buildArgs(),
                            new Substitution(arguments, parsed.escape(), allowance));
                }
            }
        } catch (FrontendFault wrong) {
            // whoever builds the file says so; what stands before is reviewed
        }
        declared.addAll(arguments.keySet());
        return new Reading(instructions, parsed.escape(), arguments, defaults, declared, ignored, allowance);
    }

    @Override
    public void founded(Stage stage, Platform wanted, Platform made) {
        rules.forEach(rule -> rule.founded(stage, wanted, made, found));
    }

    @Override
    public void reached(Moment moment) {
        rules.forEach(rule -> rule.reached(moment, found));
    }

    /** What was found, in the order of the file. */
    public List<Finding> findings() {
        return found.all();
    }

    /**
     * Ends a build that may have no findings.
     *
     * @throws FrontendFault INVALID_ARGUMENT with the rules that are broken
     */
    public void enforce() {
        Set<String> broken = new TreeSet<>();
        findings().forEach(finding -> broken.add(finding.rule().name()));
        if (options.error() && !broken.isEmpty()) {
            throw new FrontendFault(
                    Kind.INVALID_ARGUMENT, "lint violation found for rules: " + String.join(", ", broken));
        }
    }
}
