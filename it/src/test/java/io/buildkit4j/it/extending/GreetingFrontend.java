package io.buildkit4j.it.extending;

import io.buildkit4j.frontend.Described;
import io.buildkit4j.frontend.Frontend;
import io.buildkit4j.frontend.FrontendRequest;
import io.buildkit4j.frontend.Gateway;
import io.buildkit4j.frontend.PlatformBuild;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** {@code greeting.v0}: an image with one file, which greets the one that {@code --opt name=} names. */
final class GreetingFrontend implements Frontend {
    @Override
    public Described describe(FrontendRequest request, Gateway gateway) {
        String name = request.options().given("name").orElse("world");
        byte[] text = ("Hello, " + name + "!\n").getBytes(StandardCharsets.UTF_8);
        State greeting = State.scratch()
                .file(FileSteps.begin().makeFile("/greeting", 0644, text), StepNote.named("greet " + name));
        Platform platform = gateway.buildPlatform();
        String config = "{\"architecture\":\"%s\",\"os\":\"%s\",\"config\":{\"Labels\":{\"greeted\":\"yes\"}}}"
                .formatted(platform.architecture(), platform.os());
        return new Described.Here(List.of(new PlatformBuild(platform, greeting.marshal(), config, Optional.empty())));
    }
}
