package io.buildkit4j.frontend;

import com.google.gson.JsonObject;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.frontend.emit.Observer;
import io.buildkit4j.frontend.emit.Plan;
import io.buildkit4j.frontend.syntax.DockerfileSyntax;
import io.buildkit4j.frontend.syntax.SyntaxLine;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.SourceId;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import io.buildkit4j.wire.FaultDetail;
import io.buildkit4j.wire.WireFault;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code dockerfile.v0}: Dockerfiles. */
public final class DockerfileFrontend implements Frontend {
    private static final int PLATFORMS_AT_ONCE = 4;

    @Override
    public Described describe(FrontendRequest request, Gateway gateway) throws InterruptedException {
        FrontendOptions options = request.options();
        String file = options.filename();
        Definition source = source(
                request,
                "dockerfile",
                List.of(file, file + ".dockerignore", file.toLowerCase(Locale.ROOT)),
                "load build definition from Dockerfile");
        Optional<byte[]> read = gateway.readFile(source, file);
        if (read.isEmpty() && file.equals("Dockerfile")) {
            read = gateway.readFile(source, "dockerfile");
        }
        String text = new String(
                read.orElseThrow(() -> new FrontendFault(
                        Kind.NOT_FOUND,
                        "failed to read dockerfile: open " + file
                                + ": no such file or directory; name another with the option filename")),
                StandardCharsets.UTF_8);
        Optional<Described> elsewhere = elsewhere(options, file, text);
        if (elsewhere.isPresent()) {
            return elsewhere.get();
        }
        refuseOtherRequests(options);
        DockerfileSyntax.Parsed parsed = DockerfileSyntax.parse(file, text);
        List<String> excludes = excludes(request, source, gateway);
        Plan.Inputs inputs = new Plan.Inputs(options, parsed, file, text, excludes, request.inputs());
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

    private static Definition source(FrontendRequest request, String name, List<String> paths, String shown) {
        Definition given = request.inputs().get(name);
        if (given != null) {
            return given;
        }
        SourceId.Local local = new SourceId.Local(name, "", "", List.of(), List.of(), paths, name, false, List.of());
        return State.source(local, Optional.empty(), StepNote.named("[internal] " + shown))
                .marshal();
    }

    private static List<String> excludes(FrontendRequest request, Definition dockerfile, Gateway gateway)
            throws InterruptedException {
        Optional<byte[]> own = gateway.readFile(dockerfile, request.options().filename() + ".dockerignore");
        if (own.isEmpty()) {
            Definition context = source(request, "context", List.of(".dockerignore"), "load .dockerignore");
            own = gateway.readFile(context, ".dockerignore");
        }
        List<String> patterns = new ArrayList<>();
        String text = new String(own.orElse(new byte[0]), StandardCharsets.UTF_8);
        for (String line : text.split("\r?\n", -1)) {
            String pattern = line.strip();
            if (!pattern.isEmpty() && !pattern.startsWith("#") && !pattern.startsWith("\uFEFF#")) {
                patterns.add(cleaned(pattern));
            }
        }
        return patterns;
    }

    private static String cleaned(String pattern) {
        boolean negative = pattern.startsWith("!");
        String path = (negative ? pattern.substring(1) : pattern).strip();
        while (path.startsWith("/") && path.length() > 1) {
            path = path.substring(1);
        }
        while (path.endsWith("/") && path.length() > 1) {
            path = path.substring(0, path.length() - 1);
        }
        return negative ? "!" + path : path;
    }
}
