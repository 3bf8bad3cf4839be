package io.buildkit4j.buildd.build;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.FrontendOptions;
import io.buildkit4j.frontend.FrontendRequest;
import io.buildkit4j.frontend.Gateway;
import io.buildkit4j.image.ImageConfig;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Reference;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.SourceId.ResolveMode;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.wire.FaultDetail;
import io.buildkit4j.wire.WireFault;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The image that a frontend is.
 *
 * @param source as it was asked for
 * @param definition what its file system is made by
 */
record FrontendImage(String source, Definition definition, ImageConfig config) {
    private static final String SOURCE = "source";
    private static final String IMAGE = "docker-image://";
    private static final String INPUT = "input:";
    private static final String CAPABILITIES = "moby.buildkit.frontend.caps";
    private static final String INPUTS = "moby.buildkit.frontend.inputs";
    private static final String NO_NETWORK = "moby.buildkit.frontend.network.none";

    /** Looks it up: a context that the client gave by this name, or else the image in its registry. */
    static FrontendImage find(FrontendRequest request, Gateway gateway) throws InterruptedException {
        FrontendOptions options = request.options();
        String source = options.given(SOURCE)
                .orElseThrow(() -> new DaemonFault(
                        Kind.INVALID_ARGUMENT,
                        "no source specified for gateway: name an image with --opt source=IMAGE"));
        Optional<String> context = options.given("context:" + source);
        if (context.isEmpty()) {
            return image(source, source, gateway);
        }
        String address = context.get();
        if (address.startsWith(IMAGE)) {
            return image(source, address.substring(IMAGE.length()), gateway);
        }
        Definition input = request.inputs().get(address.startsWith(INPUT) ? address.substring(INPUT.length()) : "");
        if (input == null) {
            throw new DaemonFault(
                    Kind.INVALID_ARGUMENT,
                    "the context " + source + " is " + address + ", which no frontend can be taken from;"
                            + " give it as docker-image://IMAGE or as another build's result");
        }
        String metadata = options.given("input-metadata:" + address.substring(INPUT.length()))
                .orElse("{}");
        return new FrontendImage(source, input, config(metadata));
    }

    private static FrontendImage image(String source, String name, Gateway gateway) throws InterruptedException {
        Reference reference = Reference.parse(name);
        Platform platform = gateway.buildPlatform();
        Gateway.ResolvedImage found = gateway.resolveImage(new Gateway.ImageQuestion(
                reference.toString(),
                platform,
                ResolveMode.DEFAULT,
                "resolve image config for docker-image://" + reference));
        Reference exact =
                new Reference(reference.domain(), reference.path(), reference.tag(), Optional.of(found.digest()));
        return new FrontendImage(
                source,
                Sources.imageState(exact.toString(), platform).marshal(),
                ImageConfig.parse(found.config().getBytes(StandardCharsets.UTF_8)));
    }

    /** The metadata of a result hold its image's configuration as text. */
    private static ImageConfig config(String metadata) {
        try {
            JsonObject notes = JsonParser.parseString(metadata).getAsJsonObject();
            return notes.has(Outcomes.CONFIG)
                    ? ImageConfig.parse(notes.get(Outcomes.CONFIG).getAsString().getBytes(StandardCharsets.UTF_8))
                    : ImageConfig.minimal(Platform.host());
        } catch (JsonParseException | IllegalStateException malformed) {
            throw new DaemonFault(
                    Kind.INVALID_ARGUMENT, "the metadata of a frontend's context are malformed", malformed);
        }
    }

    /**
     * Looks whether it says of itself that it does what is asked for.
     *
     * @throws WireFault UNIMPLEMENTED with {@code errdefs.FrontendCap} for the first thing that it does not
     */
    void check(FrontendRequest request) {
        Set<String> offered = words(config.labels().getOrDefault(CAPABILITIES, ""));
        Set<String> wanted = words(request.options().given("frontend.caps").orElse(""));
        if (!request.inputs().isEmpty()) {
            wanted.add(INPUTS);
        }
        for (String capability : wanted) {
            if (!offered.contains(capability)) {
                JsonObject detail = new JsonObject();
                detail.addProperty("name", capability);
                throw new WireFault(
                        Kind.UNIMPLEMENTED,
                        "unsupported frontend capability " + capability,
                        List.of(FaultDetail.of("FrontendCap", detail.toString())),
                        null);
            }
        }
    }

    private static Set<String> words(String list) {
        Set<String> words = new HashSet<>();
        for (String word : list.split(",", -1)) {
            String name = word.strip().split("\\+", 2)[0];
            if (!name.isEmpty()) {
                words.add(name);
            }
        }
        return words;
    }

    /** Whether it wants no network. */
    boolean withoutNetwork() {
        return Set.of("true", "1", "t", "TRUE", "True", "T")
                .contains(config.labels().getOrDefault(NO_NETWORK, ""));
    }
}
