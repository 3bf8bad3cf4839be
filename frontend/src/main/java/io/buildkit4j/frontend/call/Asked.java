package io.buildkit4j.frontend.call;

import io.buildkit4j.frontend.FrontendOptions;
import io.buildkit4j.frontend.Gateway;
import io.buildkit4j.frontend.check.Review;
import io.buildkit4j.frontend.emit.Plan;
import io.buildkit4j.frontend.syntax.DockerfileSyntax;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Definition;
import java.util.List;
import java.util.Map;

/**
 * A file that is asked about, as it is written.
 *
 * @param definitions that stand for local directories, by their names
 */
public record Asked(
        FrontendOptions options,
        String file,
        String text,
        Map<String, Definition> definitions,
        Ignored ignored,
        Gateway gateway) {
    /** Patterns of .dockerignore, read when they are needed. */
    @FunctionalInterface
    public interface Ignored {
        /** The patterns. */
        List<String> patterns() throws InterruptedException;
    }

    Platform platform() {
        return options.platforms().isEmpty()
                ? gateway.buildPlatform()
                : options.platforms().getFirst();
    }

    DockerfileSyntax.Parsed parsed() {
        return DockerfileSyntax.parse(file, text);
    }

    Plan.Inputs inputs(DockerfileSyntax.Parsed parsed, List<String> patterns) {
        return new Plan.Inputs(options, parsed, file, text, patterns, definitions);
    }

    Review review(DockerfileSyntax.Parsed parsed, List<String> patterns) {
        return Review.of(parsed, options, Plan.predefined(options, gateway.buildPlatform(), platform()), patterns);
    }
}
