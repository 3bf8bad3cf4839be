package io.buildkit4j.frontend.context;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.FrontendFault;
import io.buildkit4j.frontend.FrontendOptions;
import io.buildkit4j.frontend.Gateway;
import io.buildkit4j.frontend.Gateway.ImageQuestion;
import io.buildkit4j.frontend.Gateway.LayoutQuestion;
import io.buildkit4j.frontend.Gateway.ResolvedImage;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.ImageFault;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Reference;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.SourceId;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The contexts that a build is given by name, as options {@code context:NAME} and {@code context:NAME::PLATFORM}. */
public final class NamedContexts {
    private static final String IGNORE = ".dockerignore";
    private static final String CONFIG = "containerimage.config";

    private final FrontendOptions options;
    private final Map<String, Definition> inputs;
    private final Gateway gateway;

    /** Inputs are definitions by name that contexts of the kind {@code input:} mean. */
    public NamedContexts(FrontendOptions options, Map<String, Definition> inputs, Gateway gateway) {
        this.options = options;
        this.inputs = Map.copyOf(inputs);
        this.gateway = gateway;
    }

    /**
     * A context that a name stands for.
     *
     * @param name with the platform, if it is given for that one
     * @param address as it was sent
     */
    public record NamedContext(String name, String address) {}

    /** What a context is made of. */
    public sealed interface Content {
        /** A tree, and the configuration of an image as JSON where it has one. */
        record Tree(State state, Optional<String> config) implements Content {}

        /** A directory of the client, without what its .dockerignore names. */
        record Directory(String local, String hint, List<String> excludes) implements Content {}
    }

    /** What stands for the name on this platform, if anything. */
    public Optional<NamedContext> find(String name, Platform platform) {
        if (options.contexts().isEmpty() || name.equalsIgnoreCase("scratch") || name.equalsIgnoreCase("context")) {
            return Optional.empty();
        }
        String familiar;
        try {
            familiar = Reference.parse(name).familiar();
        } catch (ImageFault noName) {
            return Optional.empty();
        }
        for (String key : List.of(familiar + "::" + platform.normalized(), familiar)) {
            String address = options.contexts().get(key);
            if (address != null) {
                return Optional.of(new NamedContext(key, address));
            }
        }
        return Optional.empty();
    }

    /**
     * What the context is made of.
     *
     * @throws Fault when it is of no kind, or what it names is not there
     */
    public Content load(NamedContext context, Platform platform) throws InterruptedException {
        String address = context.address();
        int colon = address.indexOf(':');
        if (colon < 0) {
            throw wrong("invalid context specifier " + address + " for " + context.name());
        }
        String rest = address.substring(colon + 1);
        String kind = address.startsWith("git@") ? "git" : address.substring(0, colon);
        return switch (kind) {
            case "docker-image" -> image(context, rest.replaceFirst("^//", ""), platform);
            case "git" -> tree(git(address).orElseThrow(() -> wrong("invalid git context " + address)));
            case "http", "https" -> {
                Optional<State> repository = git(address);
                yield repository.isPresent()
                        ? tree(repository.get())
                        : tree(State.source(
                                Sources.http(address, Optional.empty(), "context"),
                                Optional.empty(),
                                StepNote.named(shown(context) + address)));
            }
            case "oci-layout" -> layout(context, rest.replaceFirst("^//", ""), platform);
            case "local" -> directory(context, rest);
            case "input" -> input(context, rest);
            default ->
                throw wrong("unsupported context source " + kind + " for " + context.name()
                        + ": use docker-image://, git, http(s), oci-layout://, local: or input:");
        };
    }

    private static String shown(NamedContext context) {
        return "[context " + context.name() + "] ";
    }

    private static Content tree(State state) {
        return new Content.Tree(state, Optional.empty());
    }

    private static Optional<State> git(String address) {
        return GitAddress.parse(address)
                .map(parsed -> State.source(
                        parsed.source(), Optional.empty(), StepNote.named("[internal] load git source " + address)));
    }

    private Content image(NamedContext context, String name, Platform platform) throws InterruptedException {
        if (name.equals("scratch")) {
            return tree(State.scratch());
        }
        String full = reference(name).toString();
        ResolvedImage found = gateway.resolveImage(
                new ImageQuestion(full, platform, options.resolveMode(), shown(context) + "load metadata for " + full));
        String pinned = full.contains("@") ? full : full + "@" + found.digest();
        SourceId.DockerImage plain = Sources.image(pinned);
        SourceId.DockerImage id = new SourceId.DockerImage(
                pinned, options.resolveMode(), "", plain.layerLimit(), Optional.empty(), List.of());
        State state = State.source(id, Optional.of(platform), StepNote.named(shown(context) + pinned));
        return new Content.Tree(state, Optional.of(found.config()));
    }

    private static Reference reference(String name) {
        try {
            return Reference.parse(name);
        } catch (ImageFault bad) {
            throw new FrontendFault(bad.kind(), bad.getMessage(), bad);
        }
    }

    private Content layout(NamedContext context, String place, Platform platform) throws InterruptedException {
        int at = place.indexOf('@');
        if (at < 1) {
            throw wrong("oci-layout reference \"" + place + "\" has no digest: write oci-layout://STORE@DIGEST");
        }
        int tag = place.lastIndexOf(':', at);
        String store = place.substring(0, tag > place.lastIndexOf('/', at) && tag > 0 ? tag : at);
        Digest digest = digest(place.substring(at + 1));
        String plain = context.name().replaceFirst("::.*", "");
        Reference shown = reference(plain).withDigest(digest);
        ResolvedImage found = gateway.resolveLayout(
                new LayoutQuestion(store, digest, platform, shown(context) + "load metadata for " + shown));
        State state = State.source(
                Sources.ociLayout(shown.toString(), store),
                Optional.of(platform),
                StepNote.named(shown(context) + "OCI load from client"));
        return new Content.Tree(state, Optional.of(found.config()));
    }

    private static Digest digest(String text) {
        try {
            return Digest.parse(text);
        } catch (ImageFault bad) {
            throw new FrontendFault(bad.kind(), bad.getMessage(), bad);
        }
    }

    private Content directory(NamedContext context, String local) throws InterruptedException {
        String hint = "context:" + context.name() + "-";
        SourceId.Local ignore = new SourceId.Local(
                local, "", "", List.of(), List.of(), List.of(IGNORE), hint + IGNORE, false, List.of());
        Definition definition = State.source(
                        ignore, Optional.empty(), StepNote.named(shown(context) + "load " + IGNORE))
                .marshal();
        Optional<byte[]> text = gateway.readFile(definition, IGNORE);
        return new Content.Directory(
                local,
                hint + options.given("sharedkey:localdir:" + context.name()).orElse(""),
                IgnoreFile.patterns(new String(text.orElse(new byte[0]), StandardCharsets.UTF_8)));
    }

    private Content input(NamedContext context, String name) {
        Definition definition = inputs.get(name);
        if (definition == null) {
            throw wrong("invalid input " + name + " for " + context.name());
        }
        Optional<String> config = options.given("input-metadata:" + name).flatMap(text -> config(name, text));
        return new Content.Tree(State.of(definition), config);
    }

    /** The notes are a JSON object of texts in base 64. */
    private static Optional<String> config(String name, String notes) {
        try {
            JsonObject all = JsonParser.parseString(notes).getAsJsonObject();
            JsonElement config = all.get(CONFIG);
            return config == null || config.isJsonNull()
                    ? Optional.empty()
                    : Optional.of(new String(Base64.getDecoder().decode(config.getAsString()), StandardCharsets.UTF_8));
        } catch (JsonParseException | IllegalStateException | IllegalArgumentException broken) {
            throw new FrontendFault(
                    Kind.INVALID_ARGUMENT, "failed to parse input metadata of " + name + ": " + notes, broken);
        }
    }

    private static FrontendFault wrong(String message) {
        return new FrontendFault(Kind.INVALID_ARGUMENT, message);
    }
}
