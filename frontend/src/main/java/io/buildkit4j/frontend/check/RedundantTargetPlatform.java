package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.instruction.Instruction;
import java.util.Optional;
import java.util.Set;

/** The target platform is the default. */
final class RedundantTargetPlatform implements Rule {
    private static final Title TITLE = Title.of(
            "RedundantTargetPlatform",
            "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior",
            "redundant-target-platform");

    private static final String NAME = "TARGETPLATFORM";

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void read(Reading file, Findings found) {
        for (Instruction.From from : file.stages()) {
            from.platform().ifPresent(text -> {
                Reading.Expansion platform = file.expand(text, file.arguments());
                boolean redundant = platform.asked().equals(Set.of(NAME))
                        && platform.text()
                                .equals(Optional.ofNullable(file.arguments().get(NAME)));
                if (redundant) {
                    String message = "Setting platform to predefined " + text
                            + " in FROM is redundant as this is the default behavior";
                    found.add(TITLE, from.statement(), message, text);
                }
            });
        }
    }
}
