package io.buildkit4j.frontend;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.frontend.call.Asked;
import io.buildkit4j.frontend.call.Calls;
import io.buildkit4j.frontend.check.Review;
import io.buildkit4j.frontend.check.UntakenArguments;
import io.buildkit4j.frontend.context.MainContext;
import io.buildkit4j.frontend.emit.Observer;
import io.buildkit4j.frontend.emit.Plan;
import io.buildkit4j.frontend.syntax.DockerfileSyntax;
import io.buildkit4j.frontend.syntax.SyntaxLine;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Definition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code dockerfile.v0}: Dockerfiles. */
public final class DockerfileFrontend implements Frontend {
    private static final int PLATFORMS_AT_ONCE = 4;

    @Override
    public Described describe(FrontendRequest request, Gateway gateway) throws InterruptedException {
        FrontendOptions options = request.options();
        refuseWhatIsGone(options);
        MainContext context = MainContext.find(request, gateway);
        MainContext.Found found = context.read();
        String file = found.name();
        String text = found.text();
        Optional<Described> elsewhere = elsewhere(options, file, text);
        if (elsewhere.isPresent()) {
            return elsewhere.get();
        }
        Map<String, Definition> definitions = new HashMap<>(request.inputs());
        context.files().ifPresent(files -> definitions.put("context", files));
        Optional<String> call = options.given("requestid").filter(id -> !id.isEmpty());
        if (call.isPresent()) {
            return Calls.answer(call.get(), new Asked(options, file, text, definitions, context::excludes, gateway));
        }
        DockerfileSyntax.Parsed parsed = DockerfileSyntax.parse(file, text);
        return build(new Plan.Inputs(options, parsed, file, text, context.excludes(), definitions), gateway);
    }

    /** What the checks find for one platform is what they find for all. */
    private static Described build(Plan.Inputs inputs, Gateway gateway) throws InterruptedException {
        FrontendOptions options = inputs.options();
        Platform own = gateway.buildPlatform();
        List<Platform> platforms = options.platforms().isEmpty()
                ? List.of(own)
                : options.platforms().stream().distinct().toList();
        Platform first = platforms.getFirst();
        Review review = Review.of(inputs.parsed(), options, Plan.predefined(options, own, first), inputs.excludes());
        List<PlatformBuild> builds;
        try {
            builds = TaskScope.map(
                    "describe",
                    platforms,
                    PLATFORMS_AT_ONCE,
                    platform -> Plan.describe(
                            inputs, platform, gateway, platform.equals(first) ? review : Observer.NOBODY));
        } finally {
            Warnings.send(review.findings(), inputs, gateway);
        }
        review.enforce();
        UntakenArguments.tell(inputs, gateway);
        return new Described.Here(builds);
    }

    /** Whoever is told what stood in the syntax line is meant by it, and asks nobody else. */
    private static Optional<Described> elsewhere(FrontendOptions options, String file, String text) {
        if (options.given("cmdline").isPresent()) {
            return Optional.empty();
        }
        String argument = options.buildArgs().getOrDefault("BUILDKIT_SYNTAX", "");
        if (!argument.isBlank()) {
            return Optional.of(new Described.Elsewhere(SyntaxLine.image(argument), argument, Optional.empty()));
        }
        return SyntaxLine.find(text)
                .map(line -> new Described.Elsewhere(
                        line.image(),
                        line.text(),
                        Optional.of(new DockerfileFault.Place(file, text, line.line(), line.line()))));
    }

    private static void refuseWhatIsGone(FrontendOptions options) {
        if (!options.given("override-copy-image").orElse("").isEmpty()) {
            throw new FrontendFault(
                    Kind.INVALID_ARGUMENT, "support for \"override-copy-image\" was removed in BuildKit 0.11");
        }
        String fileOps = options.buildArgs().getOrDefault("BUILDKIT_DISABLE_FILEOP", "");
        if (fileOps.equals("1") || fileOps.equalsIgnoreCase("true")) {
            throw new FrontendFault(
                    Kind.INVALID_ARGUMENT,
                    "support for \"BUILDKIT_DISABLE_FILEOP\" build-arg was removed in BuildKit 0.11");
        }
    }
}
