package io.buildkit4j.frontend.explain;

import io.buildkit4j.frontend.DockerfileFault;
import io.buildkit4j.frontend.FrontendFault;
import io.buildkit4j.frontend.FrontendOptions;
import io.buildkit4j.frontend.check.Review;
import io.buildkit4j.frontend.emit.Observer;
import io.buildkit4j.frontend.emit.Plan;
import io.buildkit4j.frontend.explain.Account.Kind;
import io.buildkit4j.frontend.explain.Account.Need;
import io.buildkit4j.frontend.explain.Account.Step;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.stage.Allowance;
import io.buildkit4j.frontend.stage.Stage;
import io.buildkit4j.frontend.stage.Stages;
import io.buildkit4j.frontend.stage.Substitution;
import io.buildkit4j.frontend.syntax.DockerfileSyntax;
import io.buildkit4j.image.Platform;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes an account of a file by going through it as a build does. */
final class Teller implements Observer {
    private final FrontendOptions options;
    private final DockerfileSyntax.Parsed parsed;
    private final Review review;
    private final Map<Integer, List<Step>> steps = new HashMap<>();
    private final Map<Integer, Set<String>> declared = new HashMap<>();
    private Optional<Stages> stages = Optional.empty();

    private Teller(FrontendOptions options, DockerfileSyntax.Parsed parsed, Review review) {
        this.options = options;
        this.parsed = parsed;
        this.review = review;
    }

    /**
     * Goes through all stages.
     *
     * @throws DockerfileFault when the file cannot be built as it is
     */
    static Account tell(String file, String text, FrontendOptions options) throws InterruptedException {
        DockerfileSyntax.Parsed parsed = DockerfileSyntax.parse(file, text);
        UnknownImages images = new UnknownImages();
        Platform own = images.buildPlatform();
        Platform platform =
                options.platforms().isEmpty() ? own : options.platforms().getFirst();
        Review review = Review.of(parsed, options, Plan.predefined(options, own, platform), List.of());
        Teller teller = new Teller(options, parsed, review);
        Plan.Inputs inputs = new Plan.Inputs(options, parsed, file, text, List.of(), Map.of());
        Optional<FrontendFault> wrong = Plan.visit(inputs, platform, images, teller);
        if (wrong.isPresent()) {
            throw wrong.get();
        }
        return teller.account(file);
    }

    private Account account(String file) {
        Stages all = stages.orElseThrow();
        Stage target = all.target(options.target());
        List<Account.Told> told = all.all().stream()
                .map(stage -> new Account.Told(stage, steps.getOrDefault(stage.index(), List.of())))
                .toList();
        return new Account(file, told, target.index(), all.reachable(target), review.findings());
    }

    @Override
    public void cut(Stages cut) {
        stages = Optional.of(cut);
    }

    @Override
    public void reached(Moment moment) {
        review.reached(moment);
        Set<String> known = declared.computeIfAbsent(
                moment.stage().index(),
                index -> new LinkedHashSet<>(moment.stage()
                        .parent()
                        .map(parent -> declared.getOrDefault(parent, Set.of()))
                        .orElse(Set.of())));
        Set<String> asked = new LinkedHashSet<>();
        Instruction instruction = moment.instruction();
        String rest = instruction.statement().rest();
        boolean expands = switch (instruction) {
            case Instruction.Run _,
                    Instruction.Cmd _,
                    Instruction.Entrypoint _,
                    Instruction.Healthcheck _,
                    Instruction.Maintainer _,
                    Instruction.Onbuild _,
                    Instruction.Shell _,
                    Instruction.From _ -> false;
            default -> true;
        };
        String expanded = expands ? expand(rest, moment, asked) : rest;
        List<Need> needs = needs(moment, asked);
        asked.retainAll(known);
        Set<String> arguments = instruction instanceof Instruction.Run ? Set.copyOf(known) : Set.copyOf(asked);
        steps.computeIfAbsent(moment.stage().index(), index -> new ArrayList<>())
                .add(new Step(instruction, expanded, needs, new java.util.TreeSet<>(arguments)));
        if (instruction instanceof Instruction.Arg arg) {
            arg.arguments().forEach(argument -> known.add(argument.name()));
        }
    }

    private String expand(String text, Moment moment, Set<String> asked) {
        try {
            return new Substitution(moment.values(), parsed.escape(), new Allowance(), asked::add).text(text);
        } catch (FrontendFault wrong) {
            return text; // whoever goes on with it says so
        }
    }

    private List<Need> needs(Moment moment, Set<String> asked) {
        return switch (moment.instruction()) {
            case Instruction.Copy copy -> {
                List<String> paths = expand(copy.transfer().sources(), moment, asked);
                Optional<String> from = copy.from().map(text -> expand(text, moment, asked));
                yield paths.isEmpty() ? List.of() : List.of(from(from, moment, paths));
            }
            case Instruction.Add add -> added(expand(add.transfer().sources(), moment, asked), moment);
            case Instruction.Run run ->
                run.mounts().stream()
                        .map(mount -> mounted(mount, moment, asked))
                        .toList();
            default -> List.of();
        };
    }

    private List<String> expand(List<String> texts, Moment moment, Set<String> asked) {
        return texts.stream().map(text -> expand(text, moment, asked)).toList();
    }

    private Need from(Optional<String> name, Moment moment, List<String> paths) {
        if (name.isEmpty()) {
            return new Need(Kind.CONTEXT, "", Optional.empty(), paths);
        }
        Optional<Stage> stage =
                stages.flatMap(cut -> cut.find(name.get(), moment.stage().index()));
        return stage.map(found -> new Need(Kind.STAGE, found.label(), Optional.of(found.index()), paths))
                .orElseGet(() -> new Need(
                        options.contexts().containsKey(name.get()) ? Kind.CONTEXT : Kind.IMAGE,
                        name.get(),
                        Optional.empty(),
                        paths));
    }

    private List<Need> added(List<String> sources, Moment moment) {
        List<Need> needs = new ArrayList<>();
        List<String> paths = new ArrayList<>();
        for (String source : sources) {
            if (source.matches("([a-z]+://|git@).*")) {
                needs.add(new Need(Kind.ADDRESS, source, Optional.empty(), List.of()));
            } else {
                paths.add(source);
            }
        }
        if (!paths.isEmpty()) {
            needs.add(from(Optional.empty(), moment, paths));
        }
        return needs;
    }

    private Need mounted(Instruction.RunMount mount, Moment moment, Set<String> asked) {
        String target = text(mount, moment, asked, "target", "dst", "destination");
        String id = text(mount, moment, asked, "id");
        String from = text(mount, moment, asked, "from");
        return switch (mount.type()) {
            case "secret" -> {
                String name = id.isEmpty() ? target.substring(target.lastIndexOf('/') + 1) : id;
                yield new Need(Kind.SECRET, name, Optional.empty(), List.of());
            }
            case "ssh" -> new Need(Kind.AGENT, id.isEmpty() ? "default" : id, Optional.empty(), List.of());
            case "cache", "tmpfs" -> {
                boolean own = mount.type().equals("tmpfs");
                yield new Need(Kind.CACHE, id.isEmpty() || own ? target : id, Optional.empty(), List.of());
            }
            default -> {
                String source = text(mount, moment, asked, "source", "src");
                List<String> paths = source.isEmpty() ? List.of() : List.of(source);
                yield from(Optional.of(from).filter(name -> !name.isEmpty()), moment, paths);
            }
        };
    }

    private String text(Instruction.RunMount mount, Moment moment, Set<String> asked, String... keys) {
        return mount.option(keys).map(text -> expand(text, moment, asked)).orElse("");
    }
}
