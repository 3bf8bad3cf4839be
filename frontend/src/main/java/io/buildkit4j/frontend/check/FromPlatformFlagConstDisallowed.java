package io.buildkit4j.frontend.check;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.image.Platform;
import java.util.Optional;

/** A stage for one machine only, whose name does not say so. */
final class FromPlatformFlagConstDisallowed implements Rule {
    private static final Title TITLE = Title.of(
            "FromPlatformFlagConstDisallowed",
            "FROM --platform flag should not use a constant value",
            "from-platform-flag-const-disallowed");

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void read(Reading file, Findings found) {
        for (Instruction.From from : file.stages()) {
            Optional<Platform> constant = from.platform()
                    .map(text -> file.expand(text, file.arguments()))
                    .filter(platform -> platform.asked().isEmpty())
                    .flatMap(platform -> platform.text())
                    .flatMap(FromPlatformFlagConstDisallowed::platform);
            String name = from.name().orElse("");
            if (constant.isPresent()
                    && !name.contains(constant.get().os())
                    && !name.contains(constant.get().architecture())) {
                String text = from.platform().orElse("");
                String message = "FROM --platform flag should not use constant value " + Findings.quoted(text);
                found.add(TITLE, from.statement(), message, text);
            }
        }
    }

    private static Optional<Platform> platform(String text) {
        try {
            return Optional.of(Platform.parse(text));
        } catch (Fault malformed) {
            return Optional.empty(); // the build says so
        }
    }
}
