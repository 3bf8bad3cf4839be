package io.buildkit4j.frontend;

import com.google.gson.JsonObject;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.frontend.context.MainContext;
import io.buildkit4j.frontend.emit.Observer;
import io.buildkit4j.frontend.emit.Plan;
import io.buildkit4j.frontend.syntax.DockerfileSyntax;
import io.buildkit4j.frontend.syntax.SyntaxLine;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.wire.FaultDetail;
import io.buildkit4j.wire.WireFault;
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
        refuseOtherRequests(options);
        DockerfileSyntax.Parsed parsed = DockerfileSyntax.parse(file, text);
        Map<String, Definition> definitions = new HashMap<>(request.inputs());
        context.files().ifPresent(files -> definitions.put("context", files));
        Plan.Inputs inputs = new Plan.Inputs(options, parsed, file, text, context.excludes(), definitions);
        List<Platform> platforms =
                options.platforms().isEmpty() ? List.of(gateway.buildPlatform()) : options.platforms();
        return new Described.Here(TaskScope.map(
                "describe",
                platforms,
                PLATFORMS_AT_ONCE,
                platform -> Plan.describe(inputs, platform, gateway, Observer.NOBODY)));
    }

    /** Clients ask a frontend for more than builds, such as checks; an answer of another kind would be taken for one. */
    private static void refuseOtherRequests(FrontendOptions options) {
        options.given("requestid").filter(id -> !id.isEmpty()).ifPresent(id -> {
            JsonObject detail = new JsonObject();
            detail.addProperty("name", id);
            throw new WireFault(
                    Kind.UNIMPLEMENTED,
                    "unsupported request " + id
                            + ": the built-in Dockerfile frontend does builds only; name one that does more with # syntax=",
                    List.of(FaultDetail.of("Subrequest", detail.toString())),
                    null);
        });
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
