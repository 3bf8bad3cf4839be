package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.UsageFault;
import io.buildkit4j.buildctl.flags.Arguments;
import io.buildkit4j.buildctl.flags.Flag;
import io.buildkit4j.buildctl.output.Fields;
import io.buildkit4j.buildctl.progress.Display;
import io.buildkit4j.buildctl.progress.Displays;
import io.buildkit4j.client.Client;
import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.SolveRequest;
import io.buildkit4j.client.SolveRequest.CacheEntry;
import io.buildkit4j.footing.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code buildctl build}: flags of 2017 and of today. */
public final class BuildCommand {
    /** Flags of the command. */
    public static final List<Flag> FLAGS = List.of(
            Flag.option(
                    "frontend",
                    "NAME",
                    "what reads the build, such as dockerfile.v0; without it LLB is read from standard input"),
            Flag.repeated(
                    "opt", "KEY=VALUE", "an option of the frontend, such as target=STAGE or build-arg:NAME=VALUE"),
            Flag.repeated("local", "NAME=DIR", "offers a directory to the build"),
            Flag.repeated(
                    "oci-layout", "NAME=DIR", "offers an image layout, for --opt context:X=oci-layout://NAME@DIGEST"),
            Flag.repeated(
                    "output,o", "type=TYPE[,KEY=VALUE...]", "where the result goes: image, oci, docker, tar, local"),
            Flag.option("progress", "KIND", "auto, plain, tty, rawjson or quiet"),
            Flag.alone("no-cache", "runs every step though its result is known"),
            Flag.alone("plan", "shows what would run and why, and runs nothing"),
            Flag.optional(
                    "fail-on-miss",
                    "STAGE",
                    "fails before the first step (of the stage) that is not in the cache, and says why"),
            ExplainCommand.FORMAT,
            Flag.option("trace", "FILE", "appends every event as a line of JSON"),
            Flag.repeated(
                    "secret", "id=ID,src=FILE", "a secret for steps that mount it; env=NAME takes it from a variable"),
            Flag.repeated(
                    "ssh",
                    "ID[=SOCKET|KEY[,KEY]]",
                    "an ssh agent, or files with keys, for steps that mount it; default is $SSH_AUTH_SOCK"),
            Flag.repeated(
                    "registry-auth-tlscontext",
                    "host=HOST,ca=FILE,cert=FILE,key=FILE",
                    "certificates with which tokens for a registry are got; insecure=true looks at none"),
            Flag.repeated("allow", "ENTITLEMENT", "lets steps have network.host or security.insecure"),
            Flag.alone("detach", "lets the build go on without this client; follow it with: debug logs REF"),
            Flag.option("ref-file", "FILE", "writes the build's reference there before it begins"),
            Flag.option("metadata-file", "FILE", "writes what the build answered there, such as its image's digest"),
            Flag.repeated("export-cache", "FIELDS", ""),
            Flag.repeated("import-cache", "FIELDS", ""),
            Flag.option("exporter", "TYPE", "the output of one type (as in 2017)"),
            Flag.repeated("exporter-opt", "KEY=VALUE", "an attribute of --exporter; output=DIR is where local goes"),
            Flag.repeated("frontend-opt", "KEY=VALUE", "the same as --opt (as in 2017)"),
            Flag.alone("no-progress", "shows nothing (as in 2017)"));

    private final Surroundings surroundings;

    /** For one process. */
    public BuildCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Reads the flags; what is wrong with them is told before any daemon is asked. */
    public SolveRequest request(Arguments arguments) {
        if (!arguments.rest().isEmpty()) {
            throw new UsageFault("build takes flags only; this is none: "
                    + arguments.rest().getFirst() + " (a directory is offered with --local NAME=DIR)");
        }
        String frontend = arguments.text("frontend").orElse("");
        Map<String, String> options = new LinkedHashMap<>(arguments.pairs("frontend-opt"));
        options.putAll(arguments.pairs("opt"));
        if (arguments.on("no-cache") && !frontend.isEmpty()) {
            options.putIfAbsent("no-cache", "");
        }
        return new SolveRequest(
                        frontend.isEmpty() ? definition() : new byte[0],
                        frontend,
                        options,
                        locals(arguments),
                        Outputs.read(arguments),
                        caches(arguments, "import-cache"),
                        caches(arguments, "export-cache"),
                        arguments.on("no-cache"))
                .with(Permitted.read(arguments, surroundings.environment()));
    }

    private byte[] definition() {
        try {
            byte[] bytes = surroundings.in().readAllBytes();
            if (bytes.length == 0) {
                throw new UsageFault(
                        "neither a frontend is named (--frontend) nor a definition given on standard input");
            }
            return bytes;
        } catch (IOException failed) {
            throw new UsageFault("the definition on standard input cannot be read: " + failed.getMessage());
        }
    }

    private static Map<String, Path> locals(Arguments arguments) {
        Map<String, Path> locals = new LinkedHashMap<>();
        arguments.pairs("local").forEach((name, folder) -> {
            Path path = Path.of(folder);
            if (!Files.isDirectory(path)) {
                throw new UsageFault("--local " + name + ": no directory at " + folder);
            }
            locals.put(name, path);
        });
        return locals;
    }

    private static List<CacheEntry> caches(Arguments arguments, String flag) {
        List<CacheEntry> entries = new ArrayList<>();
        for (String value : arguments.all(flag)) {
            // a bare reference is the form of 2017
            Map<String, String> fields = value.contains("=")
                    ? Fields.parse(flag, value)
                    : new LinkedHashMap<>(Map.of("type", "registry", "ref", value));
            String type = fields.remove("type");
            if (type == null) {
                throw new UsageFault("--" + flag + " needs a type, as in type=registry,ref=NAME; got: " + value);
            }
            entries.add(new CacheEntry(type, fields));
        }
        return entries;
    }

    /** Builds and shows how it goes, or shows what would be done. */
    public void run(Arguments arguments, SolveRequest request, Client client) throws InterruptedException {
        boolean json = Format.isJson(arguments);
        if (arguments.on("plan")) {
            new ExplainCommand(surroundings.out()).showPlan(client.plan(request), json);
            return;
        }
        try {
            build(arguments, request, client);
        } catch (ClientFault failed) {
            boolean refused = arguments.text("fail-on-miss").isPresent() && failed.kind() == Kind.FAILED_PRECONDITION;
            if (refused && json) {
                new ExplainCommand(surroundings.out()).showPlan(client.plan(request), true);
            }
            throw failed;
        }
    }

    private void build(Arguments arguments, SolveRequest request, Client client) throws InterruptedException {
        String kind = arguments.on("no-progress")
                ? "none"
                : arguments
                        .text("progress")
                        .orElse(surroundings.environment().getOrDefault("BUILDKIT_PROGRESS", "auto"));
        List<Display> shown = new ArrayList<>();
        shown.add(Displays.named(kind, surroundings.err(), surroundings.environment()));
        arguments.text("trace").ifPresent(file -> shown.add(Displays.trace(Path.of(file))));
        Optional<FrontendCall> call = FrontendCall.in(request);
        Map<String, String> answer = Map.of();
        try (LiveDisplays displays = new LiveDisplays(shown)) {
            Optional<String> stage = arguments.text("fail-on-miss");
            if (call.isPresent()) {
                call.get().run(client, displays::show);
            } else if (arguments.on("detach")) {
                answer = client.solveDetached(request, reference(arguments), displays::show)
                        .response();
            } else if (stage.isPresent()) {
                answer = client.solveFromCache(request, stage.get(), displays::show)
                        .response();
            } else {
                answer = client.solve(request, reference(arguments), displays::show)
                        .response();
            }
        }
        if (call.isEmpty()) {
            MetadataFile.write(arguments, answer);
        }
        call.ifPresent(asked -> asked.print(surroundings.out(), Format.isJson(arguments)));
    }

    private static String reference(Arguments arguments) {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        String reference = HexFormat.of().formatHex(random);
        arguments.text("ref-file").ifPresent(file -> {
            try {
                Files.writeString(Path.of(file), reference);
            } catch (IOException failed) {
                throw new UsageFault("--ref-file " + file + " cannot be written: " + failed.getMessage());
            }
        });
        return reference;
    }

    /** Shows a build from its beginning. */
    public void follow(Arguments arguments, Client client) throws InterruptedException {
        if (arguments.rest().size() != 1) {
            throw new UsageFault("name one build: buildctl debug logs REF");
        }
        String kind = arguments
                .text("progress")
                .orElse(surroundings.environment().getOrDefault("BUILDKIT_PROGRESS", "plain"));
        List<Display> shown = new ArrayList<>();
        shown.add(Displays.named(kind, surroundings.err(), surroundings.environment()));
        arguments.text("trace").ifPresent(file -> shown.add(Displays.trace(Path.of(file))));
        try (LiveDisplays displays = new LiveDisplays(shown)) {
            client.follow(arguments.rest().getFirst(), displays::show);
        }
    }
}
